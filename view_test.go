package retort_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/retorttest"
)

// postList is a view with two methods.
type postList struct{ posts []string }

func (v *postList) Get(c *retort.Ctx) error { return c.JSON(v.posts) }
func (v *postList) Post(c *retort.Ctx) error {
	v.posts = append(v.posts, c.Form("title"))
	return c.Redirect("post_list")
}

// clearablePosts has the methods of what it embeds, and one more.
type clearablePosts struct{ postList }

func (v *clearablePosts) Delete(c *retort.Ctx) error {
	v.posts = nil
	return c.NoContent()
}

func TestView(t *testing.T) {
	app := newApp()
	app.View("/posts", &postList{posts: []string{"a"}})
	app.View("/clearable", &clearablePosts{postList{[]string{"a"}}})
	client := retorttest.New(t, app)
	if r := client.Post("/posts", map[string][]string{"title": {"b"}}).Follow(); r.Body != "[\"a\",\"b\"]\n" {
		t.Errorf("got %d %q", r.Status, r.Body)
	}
	if r := client.Head("/posts"); r.Status != 200 || r.Body != "" {
		t.Errorf("HEAD: got %d %q", r.Status, r.Body)
	}
	if r := client.Do(client.Request("DELETE", "/clearable", nil)); r.Status != 204 || client.Get("/clearable").Body != "null\n" {
		t.Errorf("a view that embeds another: got %d, then %q", r.Status, client.Get("/clearable").Body)
	}
	if r := client.Do(client.Request("DELETE", "/posts", nil)); r.Status != 405 || r.Header.Get("Allow") != "GET, HEAD, OPTIONS, POST" {
		t.Errorf("DELETE: got %d, Allow %q", r.Status, r.Header.Get("Allow"))
	}
}

func showPost(c *retort.Ctx) error { return c.Text(c.Endpoint()) }

func JSONFeed(c *retort.Ctx) error { return c.Text(c.Endpoint()) } // the name is the test

func TestEndpointNames(t *testing.T) {
	app := newApp()
	app.Get("/a", showPost)
	app.Get("/b", JSONFeed)
	client := retorttest.New(t, app)
	for path, want := range map[string]string{"/a": "show_post", "/b": "json_feed"} {
		if got := client.Get(path).Body; got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestURLDefaults(t *testing.T) {
	app := newApp()
	bp := retort.NewBlueprint("shop", "/<lang>/shop")
	lang := retort.NewKey[string]("lang")
	bp.Before(func(c *retort.Ctx) error { lang.Set(c, c.Param("lang")); return nil })
	bp.URLDefaults(func(c *retort.Ctx, v *retort.URLValues) {
		if v.Wants("lang") {
			v.Set("lang", cmp.Or(lang.Get(c), "en"))
		}
	})
	bp.AppHooks.URLDefaults(func(_ *retort.Ctx, v *retort.URLValues) {
		if v.Wants("page") {
			v.Set("page", 1)
		}
	})
	bp.Get("/item/<int:id>", func(c *retort.Ctx) error {
		next, err := c.URL(".item", "id", c.Int("id")+1)
		if err != nil {
			return err
		}
		home, err := c.URL("index")
		if err != nil {
			return err
		}
		return c.Text(next + " " + home)
	}).Named("item")
	app.Get("/", func(c *retort.Ctx) error { return c.Redirect("shop.item", "id", 7) }).Named("index")
	app.Get("/list/<int:page>", ok).Named("list")
	app.Get("/lists", func(c *retort.Ctx) error { return c.Redirect("list") }).Named("lists")
	app.Mount(bp)
	client := retorttest.New(t, app)
	if got := client.Get("/de/shop/item/5").Body; got != "/de/shop/item/6 /" {
		t.Errorf("got %q", got)
	}
	if got := client.Get("/").Header.Get("Location"); got != "/en/shop/item/7" {
		t.Errorf("from outside of the blueprint: got %q", got)
	}
	if got := client.Get("/lists").Header.Get("Location"); got != "/list/1" {
		t.Errorf("for the whole app: got %q", got)
	}
}

func TestEvents(t *testing.T) {
	app := newApp()
	app.Get("/", func(c *retort.Ctx) error {
		return c.Events(func(send func(retort.Event) error) error {
			for _, e := range []retort.Event{{Data: "one\r\ntwo"}, {ID: "2\n", Type: "tick\ndata: forged", Data: "", Retry: 500}} {
				if err := send(e); err != nil {
					return err
				}
			}
			return nil
		})
	}).Named("events").Streams()
	r := retorttest.New(t, app).Get("/")
	want := "data: one\ndata: two\n\nid: 2\nevent: tickdata: forged\nretry: 500\ndata: \n\n"
	if r.Body != want || r.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("got %q as %s, want %q", r.Body, r.Header.Get("Content-Type"), want)
	}
}

// A HEAD request is told the headers of a stream; nobody makes one for it, which
// might have no end.
func TestHeadOfStream(t *testing.T) {
	app := newApp()
	app.Get("/", func(c *retort.Ctx) error {
		return c.Events(func(func(retort.Event) error) error {
			t.Error("the events were made")
			return nil
		})
	}).Named("events").Streams()
	if r := retorttest.New(t, app).Head("/"); r.Status != 200 || r.Header.Get("Content-Type") != "text/event-stream" || r.Aborted {
		t.Errorf("got %d, %v", r.Status, r.Header)
	}
}

func TestRoutes(t *testing.T) {
	app := newApp()
	app.Route("/a", ok, "GET", "POST").Named("a")
	routes, err := app.Routes()
	if err != nil || len(routes) != 1 || strings.Join(routes[0].Methods, " ") != "GET POST" || routes[0].Pattern != "/a" || routes[0].Host != "" {
		t.Errorf("got %+v, %v", routes, err)
	}
	hosts := retort.New(retort.Config{SecretKey: testKey, ServerName: "example.com", SubdomainMatching: true})
	hosts.Get("/", ok).Subdomain("<user>")
	if routes, err := hosts.Routes(); err != nil || len(routes) != 1 || routes[0].Host != "<user>.example.com" {
		t.Errorf("for a subdomain: got %+v, %v", routes, err)
	}
}
