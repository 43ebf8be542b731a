package form

import "reflect"

// A List is a part of a form that comes several times, such as the lines of an
// order: WTForms' FieldList.
type List[T any] struct {
	Items  []T
	Errors []string // about the list as a whole

	low, high int
	make      func() T
}

// maxItems is the most that a list can be told to take.
const maxItems = 1000

// ListOf is a list of low to high items, each made by a function and then filled
// in. T is a struct of fields.
func ListOf[T any](low, high int, newItem func() T) List[T] {
	if t := reflect.TypeFor[T](); t.Kind() != reflect.Struct {
		panic("form: ListOf: a " + t.String() + " is no struct of fields")
	}
	if low < 0 || high < low || high > maxItems {
		panic("form: ListOf: the bounds do not fit: want 0 <= low <= high <= 1000")
	}
	return List[T]{low: low, high: high, make: newItem}
}

func (l *List[T]) items() []reflect.Value {
	vs := make([]reflect.Value, len(l.Items))
	for i := range l.Items {
		vs[i] = reflect.ValueOf(&l.Items[i]).Elem()
	}
	return vs
}

// grow makes n new items.
func (l *List[T]) grow(n int) {
	l.Items, l.Errors = make([]T, n), nil
	for i := range l.Items {
		l.Items[i] = l.make()
	}
}

func (l *List[T]) bounds() (low, high int) { return l.low, l.high }

func (l *List[T]) fail(message string) { l.Errors = append(l.Errors, message) }

func (l *List[T]) valid() bool { return len(l.Errors) == 0 }
