package value

import (
	"fmt"
	"time"
)

// appendGo appends what a Go value prints: its String or Error, a time as
// Python prints one, a struct's type.
func appendGo(dst []byte, v Value) []byte {
	t := v.typ()
	if t.rt == timeType {
		return appendTime(dst, *(*time.Time)(v.p))
	}
	if t.flags&(isStringer|isPtrStringer) != 0 {
		switch x := v.iface(t.flags&isStringer == 0).(type) {
		case fmt.Stringer:
			return append(dst, x.String()...)
		case error:
			return append(dst, x.Error()...)
		}
	}
	if v.Kind() == KindGoStruct {
		return append(append(append(dst, '<'), t.rt.String()...), " object>"...)
	}
	return fmt.Appendf(dst, "%v", v.reflect().Interface())
}

// appendTime appends a time as Python's str(datetime). A time in UTC stands for
// a datetime without a zone, because that is what the templates of Flask
// projects are given; one in another zone carries its offset.
func appendTime(dst []byte, t time.Time) []byte {
	dst = t.AppendFormat(dst, "2006-01-02 15:04:05")
	if us := t.Nanosecond() / 1000; us != 0 {
		dst = fmt.Appendf(dst, ".%06d", us)
	}
	if t.Location() == time.UTC {
		return dst
	}
	return t.AppendFormat(dst, "-07:00")
}
