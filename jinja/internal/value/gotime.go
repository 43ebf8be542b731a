package value

import (
	"fmt"
	"strings"
	"time"
)

// timeOf returns the time behind a value made from a time.Time.
func timeOf(v Value) (time.Time, bool) {
	if v.Kind() != KindGoStruct || v.typ().rt != timeType {
		return time.Time{}, false
	}
	return *(*time.Time)(v.p), true
}

// strftime formats a time as Python's strftime in the C locale.
func strftime(t time.Time, format string) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		c := format[i]
		if c == '-' && i+1 < len(format) { // glibc: without padding
			i++
			b.WriteString(strings.TrimLeft(strftimeField(t, format[i]), "0 "))
			continue
		}
		b.WriteString(strftimeField(t, c))
	}
	return b.String()
}

// goLayouts are the fields that package time can write.
var goLayouts = map[byte]string{
	'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'H': "15", 'I': "03", 'M': "04", 'S': "05", 'p': "PM",
	'b': "Jan", 'h': "Jan", 'B': "January", 'a': "Mon", 'A': "Monday", 'Z': "MST", 'z': "-0700", 'j': "002",
	'e': "_2", 'F': "2006-01-02", 'T': "15:04:05", 'R': "15:04", 'D': "01/02/06", 'x': "01/02/06",
	'X': "15:04:05", 'c': "Mon Jan _2 15:04:05 2006", 'r': "03:04:05 PM",
}

func strftimeField(t time.Time, c byte) string {
	if layout, ok := goLayouts[c]; ok {
		return t.Format(layout)
	}
	year, week := t.ISOWeek()
	switch c {
	case 'f':
		return fmt.Sprintf("%06d", t.Nanosecond()/1000)
	case 'w':
		return itoa(int64(t.Weekday()))
	case 'u':
		return itoa(int64((t.Weekday()+6)%7 + 1))
	case 'U':
		return fmt.Sprintf("%02d", (t.YearDay()+6-int(t.Weekday()))/7)
	case 'W':
		return fmt.Sprintf("%02d", (t.YearDay()+6-int(t.Weekday()+6)%7)/7)
	case 'V':
		return fmt.Sprintf("%02d", week)
	case 'G':
		return itoa(int64(year))
	case 's':
		return itoa(t.Unix())
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case '%':
		return "%"
	}
	return "%" + string(c)
}

// timeAttribute gives a time.Time the face of Python's datetime, which Flask's
// templates know; Go's own methods are there too, by their Go names.
func timeAttribute(v Value, name string) (Value, bool) {
	t, ok := timeOf(v)
	if !ok {
		return Value{}, false
	}
	switch name {
	case "year":
		return Int(int64(t.Year())), true
	case "month":
		return Int(int64(t.Month())), true
	case "day":
		return Int(int64(t.Day())), true
	case "hour":
		return Int(int64(t.Hour())), true
	case "minute":
		return Int(int64(t.Minute())), true
	case "second":
		return Int(int64(t.Second())), true
	case "microsecond":
		return Int(int64(t.Nanosecond() / 1000)), true
	case "weekday", "isoweekday", "isoformat", "timestamp", "strftime", "date":
		m := timeMethods[name]
		return FromFuncOf(&Func{Name: name, Self: v, Fn: func(c *Call, self Value) (Value, error) {
			t, _ := timeOf(self)
			return m(c, t)
		}}), true
	}
	return Value{}, false
}

var timeMethods = map[string]func(c *Call, t time.Time) (Value, error){
	"weekday":    func(_ *Call, t time.Time) (Value, error) { return Int(int64(t.Weekday()+6) % 7), nil },
	"isoweekday": func(_ *Call, t time.Time) (Value, error) { return Int(int64(t.Weekday()+6)%7 + 1), nil },
	"timestamp":  func(_ *Call, t time.Time) (Value, error) { return Float(float64(t.UnixMicro()) / 1e6), nil },
	"date":       func(_ *Call, t time.Time) (Value, error) { return Str(t.Format("2006-01-02")), nil },
	"isoformat": func(c *Call, t time.Time) (Value, error) {
		s := string(appendTime(nil, t))
		sep := "T"
		if v := c.arg(0); v.IsString() {
			sep = v.AsString()
		}
		return Str(strings.Replace(s, " ", sep, 1)), nil
	},
	"strftime": func(c *Call, t time.Time) (Value, error) {
		if len(c.Args) != 1 {
			return Value{}, typeErrorf("strftime() takes exactly 1 argument (%d given)", len(c.Args))
		}
		format, err := strArg(c.Args[0], "strftime() argument 1")
		if err != nil {
			return Value{}, err
		}
		if err := c.Meter.Build(40 * len(format)); err != nil {
			return Value{}, err
		}
		return Str(strftime(t, format)), nil
	},
}
