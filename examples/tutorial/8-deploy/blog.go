package main

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/auth"
	"github.com/retort-go/retort/form"
)

// Post is what somebody wrote.
type Post struct {
	ID, AuthorID int64
	Author       string
	Created      time.Time
	Title, Body  string
}

// blog is the blueprint of the same name: read, write, edit, delete.
type blog struct {
	db    *DB
	users *auth.Manager[User]
}

func newBlog(db *DB, users *auth.Manager[User]) *retort.Blueprint {
	b := &blog{db, users}
	bp := retort.NewBlueprint("blog", "")
	bp.Get("/", b.index)
	bp.Route("/create", b.create, http.MethodGet, http.MethodPost).With(users.Required)
	bp.Route("/<int:id>/update", b.update, http.MethodGet, http.MethodPost).With(users.Required)
	bp.Post("/<int:id>/delete", b.delete).With(users.Required)
	return bp
}

// index shows a page of posts, newest first; ?before= is the id that the page
// before ended with.
func (b *blog) index(c *retort.Ctx) error {
	posts, more, err := b.db.Posts(c.Context(), c.QueryInt("before", math.MaxInt))
	if err != nil {
		return err
	}
	return c.Render("blog/index.html", retort.Map{"posts": posts, "more": more})
}

type postForm struct {
	Title, Body form.Field[string]
}

func newPostForm(p Post) *postForm {
	return &postForm{
		Title: form.Text("Title", form.Required[string](), form.Length(1, 200)).With(p.Title),
		Body:  form.TextArea("Body", form.Length(0, 20_000)).With(p.Body).Attr("rows", "10"),
	}
}

func (b *blog) create(c *retort.Ctx) error {
	f := newPostForm(Post{})
	ok, err := c.Submitted(f)
	if err != nil {
		return err
	}
	if !ok {
		return c.Render("blog/create.html", retort.Map{"form": f})
	}
	author, _ := b.users.User(c)
	if err := b.db.AddPost(c.Context(), author.ID, f.Title.Value, f.Body.Value); err != nil {
		return err
	}
	return c.Redirect("blog.index")
}

func (b *blog) update(c *retort.Ctx) error {
	p, err := b.own(c)
	if err != nil {
		return err
	}
	f := newPostForm(p)
	ok, err := c.Submitted(f)
	if err != nil {
		return err
	}
	if !ok {
		return c.Render("blog/update.html", retort.Map{"form": f, "post": p})
	}
	if err := b.db.UpdatePost(c.Context(), p.ID, f.Title.Value, f.Body.Value); err != nil {
		return err
	}
	return c.Redirect("blog.index")
}

func (b *blog) delete(c *retort.Ctx) error {
	p, err := b.own(c)
	if err != nil {
		return err
	}
	if err := b.db.DeletePost(c.Context(), p.ID); err != nil {
		return err
	}
	if err := c.Flash("“" + p.Title + "” is deleted."); err != nil {
		return err
	}
	return c.Redirect("blog.index")
}

// own returns the post that the URL names, if it belongs to who is asking.
func (b *blog) own(c *retort.Ctx) (Post, error) {
	p, err := b.db.Post(c.Context(), c.Int("id"))
	if errors.Is(err, sql.ErrNoRows) {
		return p, retort.Errorf(http.StatusNotFound, "There is no post %d.", c.Int("id"))
	}
	if err != nil {
		return p, err
	}
	if u, _ := b.users.User(c); u.ID != p.AuthorID {
		return p, retort.Errorf(http.StatusForbidden, "Only %s may change this post.", p.Author)
	}
	return p, nil
}

const (
	postsPerPage = 10
	selectPosts  = "SELECT post.id, author_id, username, created, title, body FROM post JOIN user ON user.id = author_id "
)

// Posts returns a page of the posts before the one with an id, newest first, and
// whether there are more.
func (db *DB) Posts(ctx context.Context, before int) (posts []Post, more bool, err error) {
	rows, err := db.read.QueryContext(ctx, selectPosts+"WHERE post.id < ? ORDER BY post.id DESC LIMIT ?", before, postsPerPage+1)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p Post
		if err := p.scan(rows.Scan); err != nil {
			return nil, false, err
		}
		posts = append(posts, p)
	}
	more = len(posts) > postsPerPage
	return posts[:min(len(posts), postsPerPage)], more, rows.Err()
}

// Post returns one post, or sql.ErrNoRows.
func (db *DB) Post(ctx context.Context, id int) (p Post, err error) {
	err = p.scan(db.read.QueryRowContext(ctx, selectPosts+"WHERE post.id = ?", id).Scan)
	return p, err
}

func (p *Post) scan(scan func(...any) error) error {
	return scan(&p.ID, &p.AuthorID, &p.Author, &p.Created, &p.Title, &p.Body)
}

// AddPost adds a post.
func (db *DB) AddPost(ctx context.Context, author int64, title, body string) error {
	_, err := db.write.ExecContext(ctx, "INSERT INTO post (author_id, title, body) VALUES (?, ?, ?)", author, title, body)
	return err
}

// UpdatePost replaces the text of a post.
func (db *DB) UpdatePost(ctx context.Context, id int64, title, body string) error {
	_, err := db.write.ExecContext(ctx, "UPDATE post SET title = ?, body = ? WHERE id = ?", title, body, id)
	return err
}

// DeletePost removes a post.
func (db *DB) DeletePost(ctx context.Context, id int64) error {
	_, err := db.write.ExecContext(ctx, "DELETE FROM post WHERE id = ?", id)
	return err
}
