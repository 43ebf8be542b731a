package main

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/retort-go/retort"
)

// Post is what somebody wrote.
type Post struct {
	ID, AuthorID int64
	Author       string
	Created      time.Time
	Title, Body  string
}

// blog is the blueprint of the same name.
type blog struct{ db *DB }

func newBlog(db *DB) *retort.Blueprint {
	b := &blog{db}
	bp := retort.NewBlueprint("blog", "")
	bp.Get("/", b.index)
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

func (p *Post) scan(scan func(...any) error) error {
	return scan(&p.ID, &p.AuthorID, &p.Author, &p.Created, &p.Title, &p.Body)
}
