package escape

// Join returns the place after a branch in the template, if a and b are the places at the ends of its two ways. It reports
// false if no place stands for both: then what follows means different things on each way, and only [Advance] over what is
// really written tells which. Joining the place before a loop with that after its body says what the body starts with.
func Join(a, b Context) (Context, bool) {
	if a == b {
		return a, true
	}
	if a.state == inFailed || b.state == inFailed {
		return failed(), true
	}
	if between(a.state) || between(b.state) {
		return joinTags(a, b)
	}
	if a.state != b.state {
		return Context{}, false
	}
	switch a.state {
	case inTagName:
		return joinTagNames(a, b)
	case inValue, inScript, inStyle:
		a, b = joinLanguages(a, b)
	}
	if a != b {
		return Context{}, false
	}
	return a, true
}

// between reports whether the state is one inside a tag in which the next attribute may begin, or a name be over.
func between(s state) bool { return s == inTag || s == inAttrName || s == inAfterName }

// joinTags joins places such as those of <input{% if x %} checked{% endif %}>.
func joinTags(a, b Context) (Context, bool) {
	a, b = a.nameEnds(), b.nameEnds()
	if !between(a.state) || !between(b.state) || a.element != b.element || a.endTag != b.endTag {
		return Context{}, false
	}
	return Context{state: inAttrName, element: a.element, endTag: a.endTag, dynamic: ambiguous}, true
}

// nameEnds is the place behind the name of a tag, if that is over.
func (c Context) nameEnds() Context {
	if c.state == inTagName {
		c, _ = c.tagName(" ")
	}
	return c
}

// joinTagNames joins places such as those of <h{% if x %}1{% else %}2{% endif %}>.
func joinTagNames(a, b Context) (Context, bool) {
	for _, c := range [...]Context{a, b} {
		if c.endTag != a.endTag || c.dynamic == static && elementOf(c.word.String()) != ordinary {
			return Context{}, false
		}
	}
	return Context{state: inTagName, endTag: a.endTag, dynamic: ambiguous}, true
}

// joinLanguages makes a and b the same where they differ in what only decides between more and less caution.
func joinLanguages(a, b Context) (Context, Context) {
	if a.attr != b.attr || a.js.mode != b.js.mode || a.css.mode != b.css.mode && !sameCSS(a, b) {
		return a, b
	}
	entity := a.entity || b.entity
	a.entity, b.entity = entity, entity
	if a.attr == attrURL || a.attr == attrSrcset || a.css.mode >= cssURL {
		joinURLs(&a, &b)
	}
	if a.state == inScript || a.attr == attrJS || a.attr == attrJSURL {
		joinJS(&a, &b)
	}
	if a.state == inStyle || a.attr == attrCSS {
		joinCSS(&a, &b)
	}
	return a, b
}

// joinURLs takes the one that has come less far, at the place where more is checked.
func joinURLs(a, b *Context) {
	if a.url == b.url && a.dynamic == b.dynamic && a.word == b.word {
		return
	}
	url := min(a.url, b.url)
	d := ambiguous
	if a.dynamic == partly || b.dynamic == partly {
		d = partly
	}
	if url == urlRest {
		d = static
	}
	for _, c := range [...]*Context{a, b} {
		c.url, c.dynamic, c.word = url, d, word{}
	}
}

func joinJS(a, b *Context) {
	if a.js.mode != jsCode || a.js.levels != b.js.levels || a.js.braces != b.js.braces {
		return
	}
	if a.js.pending != b.js.pending {
		return
	}
	if a.word != b.word {
		a.word, b.word = unknownWord, unknownWord
	}
	if a.js.before != b.js.before {
		a.js.before, b.js.before = jsMixed, jsMixed
	}
	if a.js.parens != b.js.parens {
		a.js.parens, b.js.parens = 0, 0
	}
}

// sameCSS reports whether both are where a property or rule may go on, so that the more careful place stands for both.
func sameCSS(a, b Context) bool {
	return a.css.mode <= cssValue && b.css.mode <= cssValue
}

func joinCSS(a, b *Context) {
	if a.css.mode > cssValue || a.css.pending != b.css.pending {
		return
	}
	if a.word != b.word {
		a.word, b.word = unknownWord, unknownWord
	}
	if a.css.mode != b.css.mode {
		for _, c := range [...]*Context{a, b} {
			c.css.mode, c.css.base = cssValue, cssValue
		}
	}
}
