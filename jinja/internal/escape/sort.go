package escape

// Sort is what kind of place values stand in, as far as it decides what can go wrong there.
type Sort uint8

// The sorts of places.
const (
	SortText        Sort = iota // text, and values of attributes that mean nothing more
	SortName                    // names of tags and attributes, bare attributes
	SortURL                     // URLs, also those in CSS
	SortHandler                 // code in an attribute
	SortScript                  // code in a <script>
	SortTemplate                // template literals in code
	SortStyle                   // CSS
	SortComment                 // comments, of HTML and of code
	SortUnfollowed              // places that could not be found out
	SortDeclaration             // doctypes and the like
	SortDocument                // documents in an attribute, srcdoc
)

// Sort returns the sort of the place.
func (c Context) Sort() Sort {
	switch c.state {
	case inTagOpen, inEndTagOpen, inTagName, inTag, inAttrName, inAfterName:
		return SortName
	case inMarkup, inBogus:
		return SortDeclaration
	case inComment:
		return SortComment
	case inScript:
		return c.js.sort(SortScript)
	case inStyle:
		return c.css.sort()
	case inFailed:
		return SortUnfollowed
	case inBeforeValue:
		c, _ = c.startValue(0)
		return c.valueSort()
	case inValue:
		return c.valueSort()
	}
	return SortText
}

func (c Context) valueSort() Sort {
	switch c.attr {
	case attrURL, attrSrcset:
		return SortURL
	case attrJS, attrJSURL:
		return c.js.sort(SortHandler)
	case attrCSS:
		return c.css.sort()
	case attrHTML:
		return SortDocument
	}
	return SortText
}

func (js jsState) sort(code Sort) Sort {
	switch js.mode {
	case jsTemplate:
		return SortTemplate
	case jsLineComment, jsBlockComment:
		return SortComment
	case jsUnknown:
		return SortUnfollowed
	}
	return code
}

func (css cssState) sort() Sort {
	switch {
	case css.mode == cssComment:
		return SortComment
	case css.mode >= cssURL:
		return SortURL
	}
	return SortStyle
}

// Beside reports whether two places are in the same text, tag or value, and there in the same string or none.
func (c Context) Beside(d Context) bool {
	if c.state == inBeforeValue {
		c, _ = c.startValue(0)
	}
	if d.state == inBeforeValue {
		d, _ = d.startValue(0)
	}
	if between(c.state) && between(d.state) {
		d.state = c.state
	}
	sameCode := c.js.mode == d.js.mode && c.js.levels == d.js.levels
	sameStyle := c.css.mode == d.css.mode || sameCSS(c, d)
	return c.state == d.state && c.element == d.element && c.endTag == d.endTag && c.attr == d.attr && c.quote == d.quote && sameCode && sameStyle
}

// Unquoted reports whether the place is in the value of an attribute that no quotes surround.
func (c Context) Unquoted() bool {
	return c.state == inBeforeValue || c.state == inValue && c.quote == 0
}
