package escape

// Describe says where a place is, to go behind "the value stands" or "after the if, we are".
func Describe(c Context) string {
	if c.js.pending == '/' {
		c.js.pending = 0
		c.jsDivides()
	}
	switch c.state {
	case inText:
		return "in text"
	case inTagOpen, inEndTagOpen, inTagName:
		if c.endTag || c.state == inEndTagOpen {
			return "in the name of an end tag"
		}
		return "in the name of a tag"
	case inMarkup, inBogus:
		return "in a markup declaration"
	case inTag, inAfterName:
		return "inside a tag, where an attribute may stand"
	case inAttrName:
		return "in the name of an attribute"
	case inBeforeValue:
		c, _ = c.startValue(0)
		return "at the start of " + c.describeAttr()
	case inValue:
		return c.describeValue()
	case inComment:
		return "in a comment"
	case inRaw:
		return "in the text of a <" + specials[c.element] + ">"
	case inScript:
		return c.js.describe() + "in a <script>"
	case inStyle:
		return c.describeCSS() + "in a <style>"
	}
	return "at a place that depends on the values before it"
}

func (c Context) describeValue() string {
	switch c.attr {
	case attrJS, attrJSURL:
		return c.js.describe() + "in " + c.describeAttr()
	case attrCSS:
		return c.describeCSS() + "in " + c.describeAttr()
	case attrURL, attrSrcset:
		if c.url == urlStart {
			return "at the start of " + c.describeAttr()
		}
	}
	return "in " + c.describeAttr()
}

// describeAttr names the value of the attribute.
func (c Context) describeAttr() string {
	what := [...]string{
		attrPlain: "attribute value", attrURL: "URL attribute", attrSrcset: "srcset attribute", attrJS: "event handler",
		attrCSS: "style attribute", attrHTML: "srcdoc attribute", attrScriptType: "attribute value", attrJSURL: "javascript: URL",
	}[c.attr]
	switch c.quote {
	case '"':
		return "a double-quoted " + what
	case '\'':
		return "a single-quoted " + what
	}
	return "an unquoted " + what
}

func (js jsState) describe() string {
	return [...]string{
		jsCode: "where JavaScript expects a value, ", jsDouble: "in a double-quoted JavaScript string, ",
		jsSingle: "in a single-quoted JavaScript string, ", jsTemplate: "in a JavaScript template literal, ",
		jsRegexp: "in a JavaScript regular expression, ", jsRegexpClass: "in a JavaScript regular expression, ",
		jsLineComment: "in a JavaScript comment, ", jsBlockComment: "in a JavaScript comment, ",
		jsUnknown: "in JavaScript that cannot be followed, ",
	}[js.mode]
}

func (c Context) describeCSS() string {
	return [...]string{
		cssRule: "where a CSS rule may stand, ", cssDecl: "where a CSS property may stand, ", cssValue: "in the value of a CSS property, ",
		cssDouble: "in a double-quoted CSS string, ", cssSingle: "in a single-quoted CSS string, ", cssComment: "in a CSS comment, ",
		cssURL: "in a CSS URL, ", cssURLDouble: "in a double-quoted CSS URL, ", cssURLSingle: "in a single-quoted CSS URL, ",
	}[c.css.mode]
}
