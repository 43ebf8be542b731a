package templates

// The same pages in each engine's own language.

var jinjaSources = map[string]string{
	"fortunes.html": `<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>{% for f in fortunes %}<tr><td>{{ f.id }}</td><td>{{ f.message }}</td></tr>{% endfor %}</table></body></html>`,
	"table.html":    `<table>{% for r in rows %}<tr><td>{{ r.id }}</td><td>{{ r.name }}</td><td>{{ r.email }}</td><td>{{ r.visits }}</td></tr>{% endfor %}</table>`,
	"base.html": `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{% block title %}{{ site_name }}{% endblock %}</title>
<link rel="stylesheet" href="{{ url_for('static', name='site.css') }}">
</head>
<body>
{% include "nav.html" %}
{% for message in flashes %}<p class="flash">{{ message }}</p>
{% endfor %}<main>
{% block content %}{% endblock %}
</main>
<footer>{% block footer %}&copy; {{ site_name|upper }}{% endblock %}</footer>
</body>
</html>`,
	"nav.html": `<nav><ul>
{% for item in nav %}<li{% if loop.first %} class="first"{% elif loop.last %} class="last"{% endif %}><a href="{{ url_for(item.endpoint) }}">{{ item.label }}</a></li>
{% endfor %}</ul>
{% if user %}<span>{{ user.name|title }}{% if user.admin %} (admin){% endif %}</span>{% else %}<a href="{{ url_for('login') }}">Log in</a>{% endif %}
</nav>`,
	"macros.html": `{% macro tag(name, size=1) %}<a class="tag tag-{{ size }}" href="{{ url_for('tag', name=name) }}">{{ name|lower }}</a>{% endmacro %}
{% macro pager(page, pages) %}<div class="pager">{% if page > 1 %}<a href="?page={{ page - 1 }}">Previous</a>{% endif %}<b>{{ page }}</b> of {{ pages }}{% if page < pages %}<a href="?page={{ page + 1 }}">Next</a>{% endif %}</div>{% endmacro %}
`,
	"layout.html": `{% extends "base.html" %}
{% block content %}<div class="wrap">
{% block main %}{% endblock %}
</div>{% endblock %}
{% block footer %}{{ super() }} - all rights reserved{% endblock %}
`,
	"page.html": `{% extends "layout.html" %}
{% from "macros.html" import tag, pager %}
{% block title %}{{ posts|length }} posts - {{ super() }}{% endblock %}
{% block main %}<h1>{{ site_name|capitalize }}</h1>
{% for post in posts %}<article id="post-{{ post.id }}" class="{{ loop.cycle('odd', 'even') }}">
<h2>{{ loop.index }}. <a href="{{ url_for('post', name=post.id) }}">{{ post.title|default('Untitled', true) }}</a></h2>
<p class="by">by {{ post.author.name|title }}{% if post.author.admin %} *{% endif %}, score {{ post.score|round(1) }}</p>
<p>{{ post.body|truncate(80) }}</p>
<p class="tags">{% for t in post.tags %}{{ tag(t, loop.index) }}{% if not loop.last %}, {% endif %}{% else %}no tags{% endfor %}</p>
<p>{{ post.comments }} comment{{ '' if post.comments == 1 else 's' }}; {{ post.tags|join(' / ') }}</p>
</article>
{% endfor %}{{ pager(page, pages) }}{% endblock %}
`,
}

// gonjaSources has the few places that gonja cannot do, written another way.
// Its own rendering of the page then differs in a footer and is compared for
// speed only.
var gonjaSources = map[string]string{
	"page.html": `{% extends "layout.html" %}
{% block title %}{{ posts|length }} posts - {{ site_name }}{% endblock %}
{% block main %}{% from "macros.html" import tag, pager %}<h1>{{ site_name|capitalize }}</h1>
{% for post in posts %}<article id="post-{{ post.id }}" class="{% if loop.index0 is even %}odd{% else %}even{% endif %}">
<h2>{{ loop.index }}. <a href="{{ url_for('post', post.id) }}">{{ post.title|default('Untitled', true) }}</a></h2>
<p class="by">by {{ post.author.name|title }}{% if post.author.admin %} *{% endif %}, score {{ post.score|round(1) }}</p>
<p>{{ post.body|truncate(80) }}</p>
<p class="tags">{% for t in post.tags %}{{ tag(t, loop.index) }}{% if not loop.last %}, {% endif %}{% else %}no tags{% endfor %}</p>
<p>{{ post.comments }} comment{{ '' if post.comments == 1 else 's' }}; {{ post.tags|join(' / ') }}</p>
</article>
{% endfor %}{{ pager(page, pages) }}{% endblock %}
`,
	"base.html": `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{% block title %}{{ site_name }}{% endblock %}</title>
<link rel="stylesheet" href="{{ url_for('static', 'site.css') }}">
</head>
<body>
{% include "nav.html" %}
{% for message in flashes %}<p class="flash">{{ message }}</p>
{% endfor %}<main>
{% block content %}{% endblock %}
</main>
<footer>{% block footer %}&copy; {{ site_name|upper }}{% endblock %}</footer>
</body>
</html>`,
	"nav.html": `<nav><ul>
{% for item in nav %}<li{% if loop.first %} class="first"{% elif loop.last %} class="last"{% endif %}><a href="{{ url_for(item.endpoint, '') }}">{{ item.label }}</a></li>
{% endfor %}</ul>
{% if user %}<span>{{ user.name|title }}{% if user.admin %} (admin){% endif %}</span>{% else %}<a href="{{ url_for('login', '') }}">Log in</a>{% endif %}
</nav>`,
	"macros.html": `{% macro tag(name, size=1) %}<a class="tag tag-{{ size }}" href="{{ url_for('tag', name) }}">{{ name|lower }}</a>{% endmacro %}
{% macro pager(page, pages) %}<div class="pager">{% if page > 1 %}<a href="?page={{ page - 1 }}">Previous</a>{% endif %}<b>{{ page }}</b> of {{ pages }}{% if page < pages %}<a href="?page={{ page + 1 }}">Next</a>{% endif %}</div>{% endmacro %}
`,
}

const htmlSources = `{{ define "fortunes" }}<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>{{ range . }}<tr><td>{{ .ID }}</td><td>{{ .Message }}</td></tr>{{ end }}</table></body></html>{{ end }}
{{ define "table" }}<table>{{ range . }}<tr><td>{{ .ID }}</td><td>{{ .Name }}</td><td>{{ .Email }}</td><td>{{ .Visits }}</td></tr>{{ end }}</table>{{ end }}
{{ define "nav" }}<nav><ul>
{{ $n := len .Nav }}{{ range $i, $item := .Nav }}<li class="{{ class $i $n }}"><a href="{{ urlfor $item.Endpoint "" }}">{{ $item.Label }}</a></li>
{{ end }}</ul>
{{ if .User }}<span>{{ title .User.Name }}{{ if .User.Admin }} (admin){{ end }}</span>{{ else }}<a href="{{ urlfor "login" "" }}">Log in</a>{{ end }}
</nav>{{ end }}
{{ define "page" }}<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{ len .Posts }} posts - {{ .SiteName }}</title>
<link rel="stylesheet" href="{{ urlfor "static" "site.css" }}">
</head>
<body>
{{ template "nav" . }}
{{ range .Flashes }}<p class="flash">{{ . }}</p>
{{ end }}<main>
<div class="wrap">
<h1>{{ capitalize .SiteName }}</h1>
{{ range $i, $post := .Posts }}<article id="post-{{ .ID }}" class="{{ cycle $i }}">
<h2>{{ add $i 1 }}. <a href="{{ urlfor "post" (itoa .ID) }}">{{ untitled .Title }}</a></h2>
<p class="by">by {{ title .Author.Name }}{{ if .Author.Admin }} *{{ end }}, score {{ round .Score }}</p>
<p>{{ truncate .Body 80 }}</p>
<p class="tags">{{ $n := len .Tags }}{{ range $j, $t := .Tags }}<a class="tag tag-{{ add $j 1 }}" href="{{ urlfor "tag" $t }}">{{ lower $t }}</a>{{ if ne (add $j 1) $n }}, {{ end }}{{ else }}no tags{{ end }}</p>
<p>{{ .Comments }} comment{{ if ne .Comments 1 }}s{{ end }}; {{ join .Tags " / " }}</p>
</article>
{{ end }}<div class="pager">{{ if gt .Page 1 }}<a href="?page={{ add .Page -1 }}">Previous</a>{{ end }}<b>{{ .Page }}</b> of {{ .Pages }}{{ if lt .Page .Pages }}<a href="?page={{ add .Page 1 }}">Next</a>{{ end }}</div>
</div>
</main>
<footer>&copy; {{ upper .SiteName }} - all rights reserved</footer>
</body>
</html>{{ end }}`

var jetSources = map[string]string{
	"fortunes.html": `<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>{{ range _, f := . }}<tr><td>{{ f.ID }}</td><td>{{ f.Message }}</td></tr>{{ end }}</table></body></html>`,
	"table.html":    `<table>{{ range _, r := . }}<tr><td>{{ r.ID }}</td><td>{{ r.Name }}</td><td>{{ r.Email }}</td><td>{{ r.Visits }}</td></tr>{{ end }}</table>`,
	"page.html": `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{ len(.Posts) }} posts - {{ .SiteName }}</title>
<link rel="stylesheet" href="{{ urlfor("static", "site.css") }}">
</head>
<body>
<nav><ul>
{{ n := len(.Nav) }}{{ range i, item := .Nav }}<li class="{{ class(i, n) }}"><a href="{{ urlfor(item.Endpoint, "") }}">{{ item.Label }}</a></li>
{{ end }}</ul>
{{ if .User != nil }}<span>{{ title(.User.Name) }}{{ if .User.Admin }} (admin){{ end }}</span>{{ else }}<a href="{{ urlfor("login", "") }}">Log in</a>{{ end }}
</nav>
{{ range _, m := .Flashes }}<p class="flash">{{ m }}</p>
{{ end }}<main>
<div class="wrap">
<h1>{{ capitalize(.SiteName) }}</h1>
{{ range i, post := .Posts }}<article id="post-{{ post.ID }}" class="{{ cycle(i) }}">
<h2>{{ i + 1 }}. <a href="{{ urlfor("post", itoa(post.ID)) }}">{{ untitled(post.Title) }}</a></h2>
<p class="by">by {{ title(post.Author.Name) }}{{ if post.Author.Admin }} *{{ end }}, score {{ round(post.Score) }}</p>
<p>{{ truncate(post.Body, 80) }}</p>
<p class="tags">{{ m := len(post.Tags) }}{{ range j, t := post.Tags }}<a class="tag tag-{{ j + 1 }}" href="{{ urlfor("tag", t) }}">{{ lower(t) }}</a>{{ if j + 1 != m }}, {{ end }}{{ else }}no tags{{ end }}</p>
<p>{{ post.Comments }} comment{{ if post.Comments != 1 }}s{{ end }}; {{ join(post.Tags, " / ") }}</p>
</article>
{{ end }}<div class="pager">{{ if .Page > 1 }}<a href="?page={{ .Page - 1 }}">Previous</a>{{ end }}<b>{{ .Page }}</b> of {{ .Pages }}{{ if .Page < .Pages }}<a href="?page={{ .Page + 1 }}">Next</a>{{ end }}</div>
</div>
</main>
<footer>&copy; {{ upper(.SiteName) }} - all rights reserved</footer>
</body>
</html>`,
}

// pongo2 speaks Django's language: no macros with defaults from another file
// inside a block, no arguments by name.
var pongoSources = map[string]string{
	"fortunes.html": `<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>{% for f in fortunes %}<tr><td>{{ f.ID }}</td><td>{{ f.Message }}</td></tr>{% endfor %}</table></body></html>`,
	"table.html":    `<table>{% for r in rows %}<tr><td>{{ r.ID }}</td><td>{{ r.Name }}</td><td>{{ r.Email }}</td><td>{{ r.Visits }}</td></tr>{% endfor %}</table>`,
	"base.html": `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{% block title %}{{ p.SiteName }}{% endblock %}</title>
<link rel="stylesheet" href="{{ urlfor("static", "site.css") }}">
</head>
<body>
<nav><ul>
{% for item in p.Nav %}<li{% if forloop.First %} class="first"{% elif forloop.Last %} class="last"{% endif %}><a href="{{ urlfor(item.Endpoint, "") }}">{{ item.Label }}</a></li>
{% endfor %}</ul>
{% if p.User %}<span>{{ p.User.Name|title }}{% if p.User.Admin %} (admin){% endif %}</span>{% else %}<a href="{{ urlfor("login", "") }}">Log in</a>{% endif %}
</nav>
{% for message in p.Flashes %}<p class="flash">{{ message }}</p>
{% endfor %}<main>
{% block content %}{% endblock %}
</main>
<footer>{% block footer %}&copy; {{ p.SiteName|upper }}{% endblock %} - all rights reserved</footer>
</body>
</html>`,
	"page.html": `{% extends "base.html" %}{% block title %}{{ p.Posts|length }} posts - {{ p.SiteName }}{% endblock %}{% block content %}<div class="wrap">
<h1>{{ p.SiteName|capfirst }}</h1>
{% for post in p.Posts %}<article id="post-{{ post.ID }}" class="{% cycle "odd" "even" %}">
<h2>{{ forloop.Counter }}. <a href="{{ urlfor("post", itoa(post.ID)) }}">{{ post.Title|default:"Untitled" }}</a></h2>
<p class="by">by {{ post.Author.Name|title }}{% if post.Author.Admin %} *{% endif %}, score {{ post.Score|floatformat:1 }}</p>
<p>{{ post.Body|truncatechars:80 }}</p>
<p class="tags">{% for t in post.Tags %}<a class="tag tag-{{ forloop.Counter }}" href="{{ urlfor("tag", t) }}">{{ t|lower }}</a>{% if not forloop.Last %}, {% endif %}{% empty %}no tags{% endfor %}</p>
<p>{{ post.Comments }} comment{% if post.Comments != 1 %}s{% endif %}; {{ post.Tags|join:" / " }}</p>
</article>
{% endfor %}<div class="pager">{% if p.Page > 1 %}<a href="?page={{ p.Page - 1 }}">Previous</a>{% endif %}<b>{{ p.Page }}</b> of {{ p.Pages }}{% if p.Page < p.Pages %}<a href="?page={{ p.Page + 1 }}">Next</a>{% endif %}</div>
</div>{% endblock %}`,
}
