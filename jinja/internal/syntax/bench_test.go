package syntax_test

import (
	"strings"
	"testing"

	. "github.com/retort-go/retort/jinja/internal/syntax"
)

const benchPage = `{% extends "base.html" %}
{% from "macros.html" import field, button with context %}
{% block title %}{{ title|default("Index")|escape }} - {{ super() }}{% endblock %}
{% block body %}
  <h1 class="page-title">{{ _("Posts") }}</h1>
  {% if g.user and g.user.is_authenticated %}
    <a class="action" href="{{ url_for('blog.create', next=request.path) }}">New</a>
  {% elif allow_login is defined and allow_login %}
    <a href="{{ url_for('auth.login') }}">Log in</a>
  {% endif %}
  {#- the newest first -#}
  {% for post in posts|sort(attribute="created", reverse=true) if not post.hidden %}
    <article class="post {{ loop.cycle('odd', 'even') }}" id="post-{{ post['id'] }}">
      <header><h2>{{ loop.index }}. {{ post.title|truncate(80) }}</h2>
        <div class="about">by {{ post.username|title }} on {{ post.created.strftime('%Y-%m-%d') }}</div></header>
      <p class="body">{{ post.body|striptags|wordwrap(72) }}</p>
      {% set score = post.up - post.down * 0.5 %}
      {{ "%.2f"|format(score) if score > 0 else "n/a" }}
    </article>
    {% if not loop.last %}<hr>{% endif %}
  {% else %}<p>Nothing here yet.</p>
  {% endfor %}
{% endblock %}
`

func BenchmarkParse(b *testing.B) {
	source := strings.Repeat(benchPage[strings.Index(benchPage, "{% block title"):], 20)
	for _, bb := range []struct {
		name, source string
		cfg          Config
	}{
		{"page", benchPage, Config{}},
		{"long", source, Config{}},
		{"lines", source, Config{LineStatementPrefix: "%%", LineCommentPrefix: "##"}},
		{"text", strings.Repeat("<p>The quick brown fox, {a} lazy dog</p>\n", 2000), Config{}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.source)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse("t", bb.source, &bb.cfg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
