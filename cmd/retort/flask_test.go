package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A project as people write them: a factory, a blueprint in a package of its own,
// things that no tool can port.
var oldProject = map[string]string{
	"blog/__init__.py": `
import os
from flask import Flask, render_template
from flask_login import LoginManager
from .views import bp as blog_bp
from . import admin

logins = LoginManager()

def create_app():
    app = Flask(__name__)
    app.config.from_object("blog.config.Production")
    app.config["MAX_CONTENT_LENGTH"] = 1000000
    app.config.update(SECRET_KEY="hush-hush", SITE_NAME="Blog")
    app.register_blueprint(blog_bp, url_prefix="/blog")
    app.register_blueprint(admin.bp)

    @app.route("/")
    def index():
        """The front page."""
        return render_template("index.html")

    @app.errorhandler(404)
    def missing(e):
        return render_template("404.html"), 404

    app.add_url_rule("/about", "about", index)
    return app

app = create_app()
`,
	"blog/views.py": `
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import login_required

bp = Blueprint("blog", __name__, template_folder="pages")

@bp.get("/<int:id>")
def show(id):
    return render_template("blog/show.html", id=id)

@bp.route("/new", methods=["GET", "POST"])
@bp.route("/add", methods=["POST"])
@login_required
def new_post():
    if request.method == "POST":
        flash("Saved")
        return redirect(url_for(".show", id=1))
    return render_template("blog/new.html", last=session.get("last"))

@bp.route("/tags/<list:names>")
def tags(names):
    return ""

RULE = "/x" + "y"

@bp.route(RULE)
def computed():
    return ""

@bp.before_request
def load():
    pass
`,
	"blog/admin.py": `
from flask import Blueprint
bp = Blueprint("admin-area", __name__, url_prefix="/admin")

@bp.delete("/post/<int:id>")
def delete(id):
    return ""
`,
	"blog/config.py": `
class Production:
    DEBUG = False
    DATABASE_URL = "postgres://user:hunter2@db/blog"
    PERMANENT_SESSION_LIFETIME = 3600
`,
	"blog/broken.py":                    "def (",
	"blog/templates/base.html":          "<title>{% block t %}{% endblock %}</title>",
	"blog/templates/index.html":         `{% extends "base.html" %}{% block t %}{{ url_for('blog.show', id=1) }}{% endblock %}`,
	"blog/templates/blog/show.html":     "{{ id|shout }}",
	"blog/pages/blog/show.html":         "shadowed",
	"blog/pages/blog/new.html":          "{% if %}",
	"blog/static/site.css":              "body {}",
	"blog/static/.hidden":               "no",
	"venv/lib/flask/templates/no.html":  "no",
	"tests/test_blog.py":                "from flask import Flask\napp = Flask('t')\n@app.route('/test')\ndef test(): pass\n",
	"blog/static/img/nested/picture.js": "1",
}

func writeTree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// python skips a test where there is no Python with the given modules.
func python(t *testing.T, modules string) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), name, "-W", "ignore", "-c", "import "+modules).Run() == nil {
			return name
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no python3 has the modules %s", modules)
	}
	t.Skipf("no python3 has the modules %s; a Flask project cannot be read", modules)
	return ""
}

func TestFlaskImport(t *testing.T) {
	python3 := python(t, "ast, json")
	framework, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := writeTree(t, oldProject)
	t.Chdir(t.TempDir())
	out, errOut, code := runWith(t, "", "flask", "import", "--python", python3, "--out", "blog-go", "--replace", framework, dir)
	if code != 0 || out != "Made blog-go of 7 routes in 2 blueprints, with 4 templates and 2 static files. Read blog-go/PORTING.md next.\n" {
		t.Fatalf("got %q, status %d: %s", out, code, errOut)
	}
	for name, wants := range map[string][]string{
		"blog_bp.go": {`bp := retort.NewBlueprint("blog", "/blog")`, `port(s, "/<int:id>", "show", blogShow, "GET")`,
			`port(s, "/new", "new_post", blogNewPost, "GET", "POST")`, `port(s, "/add", "new_post", blogNewPost, "POST")`,
			"// It uses flash, redirect, request.form, request.method, session, url_for."[:20], "// It is decorated with login_required.", "var blogShow retort.Handler"},
		"adminarea_bp.go": {`retort.NewBlueprint("admin-area", "/admin")`, `"/post/<int:id>", "delete"`, `"DELETE"`},
		"pages_bp.go":     {`port(s, "/", "index", index, "GET")`, `port(s, "/about", "about", about, "GET")`, "The front page."},
		"mount.go":        {"mountPages(app)\n\tmountAdminArea(app)\n\tmountBlog(app)"},
		"PORTING.md": {"| `blog.show` | GET | `/blog/<int:id>` | blog/views.py:", "blog/show.html", "tags", "computed", "before_request", "errorhandler(404): missing",
			"flask_login", "from_object", "MAX_CONTENT_LENGTH = 1000000", "BLOG_GO_MAX_CONTENT_LENGTH", "SECRET_KEY (blog/__init__.py", "BLOG_GO_OLD_SECRET_KEY",
			"blog/broken.py", "No filter named 'shout'", "template blog/new.html", "blog/pages/blog/show.html was not copied"},
		"templates/blog/show.html":     {"{{ id|shout }}"},
		"static/img/nested/picture.js": {"1"},
		"main.go":                      {`retort.Env("BLOG_GO")`},
		"old-routes.json":              {"[]"},
		"templates/.keep":              nil,
	} {
		text, err := os.ReadFile(filepath.Join("blog-go", name))
		if err != nil {
			t.Error(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s has no %q:\n%s", name, want, text)
			}
		}
		for _, secret := range []string{"hush", "hunter2", "/test\""} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	if _, err := os.Stat("blog-go/static/.hidden"); err == nil {
		t.Error("a hidden file was copied")
	}
	buildProject(t, framework, "blog-go")
}

// buildProject sees that what was made builds and passes its test.
func buildProject(t *testing.T, framework, dir string) {
	t.Helper()
	sums, err := os.ReadFile(filepath.Join(framework, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600); err != nil { // what `go mod tidy` would fetch
		t.Fatal(err)
	}
	for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, text)
		}
	}
}

// Without Python templates and static files are what is left.
func TestFlaskImportWithoutPython(t *testing.T) {
	framework, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := writeTree(t, oldProject)
	t.Chdir(t.TempDir())
	out, errOut, code := runWith(t, "", "flask", "import", "--python", "python-that-is-not-there", "--out", "blog-go", "--replace", framework, dir)
	if code != 0 || !strings.HasPrefix(out, "Made blog-go of 0 routes in 0 blueprints, with 3 templates and 2 static files.") {
		t.Fatalf("got %q, status %d: %s", out, code, errOut)
	}
	if text, err := os.ReadFile("blog-go/PORTING.md"); err != nil || !strings.Contains(string(text), "no Python was read") {
		t.Errorf("the report is %s, %v", text, err)
	}
	buildProject(t, framework, "blog-go")
}

func TestFlaskImportRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("taken", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--out", "x"}, 2, "one DIR"},
		{[]string{"taken"}, 2, "out"},
		{[]string{"--out", "x", "nowhere"}, 1, "not a folder"},
		{[]string{"--out", "taken", "--python", "none", "taken"}, 1, "exists"},
		{[]string{"--out", "Bad Name", "--python", "none", "taken"}, 1, "small letters"},
	} {
		_, errOut, code := runWith(t, "", append([]string{"flask", "import"}, tt.args...)...)
		if code != tt.code || !strings.Contains(errOut, tt.want) {
			t.Errorf("%q: status %d, %s, want %d with %q", tt.args, code, errOut, tt.code, tt.want)
		}
	}
}

func TestExportRoutes(t *testing.T) {
	python3 := python(t, "flask")
	dir := writeTree(t, map[string]string{"shop.py": `
from flask import Blueprint, Flask

def create_app(name="shop"):
    app = Flask(name)
    bp = Blueprint("cart", __name__, url_prefix="/cart")

    @bp.route("/", defaults={"page": 1})
    @bp.route("/<int:page>")
    def show(page):
        return ""

    app.register_blueprint(bp)
    app.add_url_rule("/any", "any", lambda: "", methods=["PUT", "GET"])
    return app
`})
	t.Chdir(dir)
	out, errOut, code := runWith(t, "", "flask", "export-routes", "--python", python3, "--app", "shop:create_app('x')")
	var routes []map[string]any
	if err := json.Unmarshal([]byte(out), &routes); err != nil || code != 0 {
		t.Fatalf("got %q, status %d, %v: %s", out, code, err, errOut)
	}
	if !slices.ContainsFunc(routes, func(r map[string]any) bool {
		defaults, ok := r["defaults"].(map[string]any)
		return r["endpoint"] == "cart.show" && r["rule"] == "/cart/" && ok && defaults["page"] == 1.0
	}) || !strings.Contains(out, `"/static/<path:filename>"`) {
		t.Errorf("routes are %s", out)
	}
	if _, errOut, code := runWith(t, "", "flask", "export-routes", "--python", python3, "--app", "nothing"); code != 1 || strings.Count(errOut, "\n") != 1 {
		t.Errorf("of nothing: status %d, %s, want one line", code, errOut)
	}
}

// What a report names in an extension's place is there.
func TestReportedPackages(t *testing.T) {
	named := regexp.MustCompile(`package ([a-z]+)|(ext/[a-z0-9]+)`)
	for extension, instead := range extensions {
		for _, m := range named.FindAllStringSubmatch(instead, -1) {
			if _, err := os.Stat(filepath.Join("../..", m[1]+m[2])); err != nil {
				t.Errorf("%s: %s: %v", extension, instead, err)
			}
		}
	}
}
