package jinja

import "github.com/retort-go/retort/jinja/internal/value"

func filterSafe(s *State, c *Call) (Value, error) {
	v, err := one("do_mark_safe", 0, c)
	if err != nil {
		return Value{}, err
	}
	if v.Kind() == value.KindMarkup && v.Trust() == value.TrustJSON {
		return v, nil // it is safe wherever JSON can stand, and less so elsewhere
	}
	if html, ok := value.HTML(v); ok {
		return value.MarkupFor(html, value.TrustAuthor), nil
	}
	text, err := value.ToStr(s.meter, v)
	return value.MarkupFor(text, value.TrustAuthor), err
}

func filterEscape(s *State, c *Call) (Value, error) {
	v, err := one("escape", 0, c)
	if err != nil {
		return Value{}, err
	}
	return value.Escape(s.meter, v)
}

func filterForceescape(s *State, c *Call) (Value, error) {
	v, err := one("do_forceescape", 0, c)
	if err != nil {
		return Value{}, err
	}
	text, ok := value.HTML(v)
	if !ok {
		if text, err = value.ToStr(s.meter, v); err != nil {
			return Value{}, err
		}
	}
	return value.Escape(s.meter, value.Str(text))
}

func filterStriptags(s *State, c *Call) (Value, error) {
	v, err := one("do_striptags", 0, c)
	if err != nil {
		return Value{}, err
	}
	text, ok := value.HTML(v)
	if !ok {
		if text, err = value.ToStr(s.meter, v); err != nil {
			return Value{}, err
		}
	}
	return value.StripTags(s.meter, text)
}

func filterString(s *State, c *Call) (Value, error) {
	v, err := one("soft_str", 0, c)
	if err != nil {
		return Value{}, err
	}
	return softStr(s.meter, v)
}
