package api_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/api"
	"github.com/retort-go/retort/retorttest"
)

type item struct {
	Name  string `json:"name" required:"true"`
	Price int    `json:"price" minimum:"1"`
}

type order struct {
	ID     int    `path:"id"`
	Dry    bool   `query:"dry"`
	Tenant string `header:"X-Tenant" enum:"a,b"`
	Title  string `json:"title" required:"true" minLength:"2" maxLength:"5" pattern:"[a-zü]+"`
	Items  []item `json:"items" maxLength:"2"`
}

func (o *order) Validate() error {
	var v api.Invalid
	if o.Title == "zzz" {
		v.Add("title", "is taken")
	}
	return v.Err()
}

func createOrder(_ *retort.Ctx, in order) (order, error) {
	switch in.Title {
	case "gone":
		return order{}, retort.Errorf(410, "That is gone.")
	case "fail":
		return order{}, errors.New("secret")
	}
	return in, nil
}

func removeOrder(_ *retort.Ctx, in struct {
	ID int `path:"id"`
}) (api.None, error) {
	if in.ID == 404 {
		return api.None{}, retort.Errorf(404, "There is no order %d.", in.ID)
	}
	return api.None{}, nil
}

func newApp() *retort.App {
	app := retort.New(retort.Config{Logger: slog.New(slog.DiscardHandler)})
	api.Post(&app.Scaffold, "/orders/<int:id>", createOrder)
	api.Delete(&app.Scaffold, "/orders/<int:id>", removeOrder)
	return app
}

func TestHandle(t *testing.T) {
	client := retorttest.New(t, newApp())
	client.Header.Set("X-Tenant", "a")
	var got order
	// What comes from elsewhere cannot be set by the body.
	r := client.SendJSON("POST", "/orders/7?dry=true", map[string]any{"title": "tü", "items": []item{{"x", 1}}, "ID": 9, "Tenant": "b"})
	r.JSON(&got)
	if r.Status != 201 || !reflect.DeepEqual(got.Items, []item{{"x", 1}}) || !strings.Contains(r.Body, `"ID":7,"Dry":true,"Tenant":"a"`) {
		t.Errorf("got %d %s", r.Status, r.Body)
	}
	if r := client.SendJSON("DELETE", "/orders/7", nil); r.Status != 204 || r.Body != "" {
		t.Errorf("DELETE: got %d %q", r.Status, r.Body)
	}
}

func TestProblems(t *testing.T) {
	client := retorttest.New(t, newApp())
	for _, tt := range []struct {
		what, body, query, tenant string
		status                    int
		want                      []string
	}{
		{"nothing", `{}`, "", "", 422, []string{"title is missing"}},
		{"null", `{"title":null}`, "", "", 422, []string{"title is missing"}},
		{"all at once", `{"title":"x","items":[{},{"name":"a","price":-1},{"name":"a","price":1}]}`, "?dry=maybe", "c", 422, []string{
			"title must have at least 2", "items must have at most 2", "items[0].name is missing", "items[1].price must be at least 1",
			"dry must be true or false", "X-Tenant must be one of a, b"}},
		{"pattern", `{"title":"ABC"}`, "", "", 422, []string{"title must look like [a-zü]+"}},
		{"wrong type", `{"title":5}`, "", "", 422, []string{"title cannot be a number"}},
		{"unknown fields", `{"title":"abc","admin":true,"items":[{"name":"a","free":1}]}`, "", "", 422,
			[]string{"admin is not known here", "items[0].free is not known here"}},
		// encoding/json takes a name in any case, so the rules must hold for all of them.
		{"another case", `{"TITLE":"x","Items":[{"NAME":"a","PRICE":-1}]}`, "", "", 422,
			[]string{"title must have at least 2", "items[0].price must be at least 1"}},
		{"two cases", `{"title":null,"TITLE":"x"}`, "", "", 422, []string{"TITLE is not known here"}},
		{"in an order of its own", `{"title":"X"}`, "", "", 422, []string{"title must have at least 2 characters or items\ntitle must look like [a-zü]+"}},
		{"Validate", `{"title":"zzz"}`, "", "", 422, []string{"title is taken"}},
		{"no object", `[1]`, "", "", 400, []string{"The JSON has to be an object."}},
		{"malformed", `{`, "", "", 400, []string{"malformed"}},
		{"own error", `{"title":"gone"}`, "", "", 410, []string{"That is gone."}},
		{"error of the server", `{"title":"fail"}`, "", "", 500, []string{"Something went wrong"}},
	} {
		r := client.Request("POST", "/orders/7"+tt.query, strings.NewReader(tt.body))
		r.Header.Set("Content-Type", "application/json")
		if tt.tenant != "" {
			r.Header.Set("X-Tenant", tt.tenant)
		}
		got := client.Do(r)
		if got.Status != tt.status || got.Header.Get("Content-Type") != "application/problem+json" || strings.Contains(got.Body, "secret") {
			t.Errorf("%s: got %d as %s: %s", tt.what, got.Status, got.Header.Get("Content-Type"), got.Body)
		}
		var p struct {
			Detail string
			Errors []api.FieldError
		}
		if err := json.Unmarshal([]byte(got.Body), &p); err != nil {
			t.Errorf("%s: %v in %s", tt.what, err, got.Body)
		}
		said := p.Detail
		for _, f := range p.Errors {
			said += "\n" + f.Field + " " + f.Message
		}
		for _, want := range tt.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q is not in\n%s", tt.what, want, said)
			}
		}
	}
}

type address struct {
	Zip string `json:"zip" minLength:"5"`
}

type signature struct {
	Author string `json:"author" required:"true" maxLength:"3"`
}

type letter struct {
	signature
	To     address   `json:"to"`
	Copies []address `json:"copies"`
	Pages  int       `json:"pages" required:"true"`
	Weight float64   `query:"weight"`
	Folder string    `query:"folder" required:"true"`
}

// What a request has is told by the request, at every depth: a part that was left
// out breaks no rules, a zero that was sent is there.
func TestWhatIsThere(t *testing.T) {
	app := retort.New(retort.Config{Logger: slog.New(slog.DiscardHandler)})
	api.Post(&app.Scaffold, "/", func(_ *retort.Ctx, in letter) (letter, error) { return in, nil }).Named("letter")
	client := retorttest.New(t, app)
	for _, tt := range []struct{ query, body, want string }{
		{"folder=a", `{"author":"ann","pages":0}`, ""},
		{"folder=a", `{"author":"ann","pages":0,"to":{},"copies":[{},{"zip":"12345"}]}`, ""},
		{"folder=a", `{"author":"ann","pages":0,"to":null,"copies":null}`, ""},
		{"folder=a", `{"pages":0,"to":{"zip":""},"copies":[{"zip":"1234"}]}`, "to.zip must have; copies[0].zip must have; author is missing"},
		{"folder=a", `{"author":"anna","pages":0}`, "author must have at most 3"},
		{"", `{"author":"ann","pages":0,"folder":"a"}`, "folder is missing"},
		{"folder=a&weight=NaN", `{"author":"ann","pages":0}`, "weight must be a number"},
		{"folder=a&weight=1e999", `{"author":"ann","pages":0}`, "weight must be a number"},
	} {
		r := client.Request("POST", "/?"+tt.query, strings.NewReader(tt.body))
		r.Header.Set("Content-Type", "application/json")
		got := client.Do(r)
		var p struct{ Errors []api.FieldError }
		got.JSON(&p)
		var want []string
		if tt.want != "" {
			want = strings.Split(tt.want, "; ")
		}
		ok := len(p.Errors) == len(want) && (got.Status == 422) == (len(want) > 0)
		for i := range want {
			ok = ok && strings.HasPrefix(p.Errors[i].Field+" "+p.Errors[i].Message, want[i])
		}
		if !ok {
			t.Errorf("?%s %s: got %d %s, want %q", tt.query, tt.body, got.Status, got.Body, want)
		}
	}
}

func TestBadInput(t *testing.T) {
	for what, register := range map[string]func(*retort.Scaffold){
		"not a struct": func(s *retort.Scaffold) {
			api.Get(s, "/", func(*retort.Ctx, int) (int, error) { return 0, nil })
		},
		"a bad tag": func(s *retort.Scaffold) {
			api.Get(s, "/", func(*retort.Ctx, struct {
				N int `json:"n" minLength:"1"`
			}) (int, error) {
				return 0, nil
			})
		},
		"two places": func(s *retort.Scaffold) {
			api.Get(s, "/", func(*retort.Ctx, struct {
				N int `path:"n" query:"n"`
			}) (int, error) {
				return 0, nil
			})
		},
		"an embedded pointer": func(s *retort.Scaffold) {
			api.Get(s, "/", func(*retort.Ctx, struct{ *signature }) (int, error) { return 0, nil })
		},
		"a path that is no text": func(s *retort.Scaffold) {
			api.Get(s, "/", func(*retort.Ctx, struct {
				N []string `path:"n"`
			}) (int, error) {
				return 0, nil
			})
		},
	} {
		t.Run(what, func(t *testing.T) {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "api: GET /: ") {
					t.Errorf("got %q, want a panic that names the route", s)
				}
			}()
			register(&retort.New(retort.Config{}).Scaffold)
		})
	}
}

func TestOperations(t *testing.T) {
	routes, err := newApp().Routes()
	if err != nil {
		t.Fatal(err)
	}
	op, ok := routes[0].Description.(api.Operation)
	if !ok || op.In != reflect.TypeFor[order]() || op.Status != 201 || routes[0].Endpoint != "create_order" {
		t.Errorf("got %+v", routes[0])
	}
}
