package value

// walk follows a value into its items: how deep it is, and who pays. Values can
// share their parts, so that one of a few hundred lists has more paths through
// it than anyone can follow; hence each step is counted even where no render
// pays for it.
type walk struct {
	m     *Meter // nil outside of a render, and for keys of dicts
	depth int
	steps int
}

// maxWalk bounds a walk that nobody pays for.
const maxWalk = 1 << 22

func (w *walk) enter(doing string) error {
	if w.depth++; w.depth > maxDepth {
		return errTooDeep(doing)
	}
	return nil
}

func (w *walk) leave() { w.depth-- }

func (w *walk) spend(n int) error {
	if w.m != nil {
		return w.m.Spend(n)
	}
	if w.steps += n; w.steps > maxWalk {
		return &LimitError{Msg: "value has too many parts", Err: ErrSteps}
	}
	return nil
}

func errTooDeep(doing string) error {
	return Errorf("RecursionError", "maximum recursion depth exceeded while %s", doing)
}
