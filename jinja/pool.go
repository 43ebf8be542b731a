package jinja

// pool hands out objects that live as long as a render: macros, namespaces and the like, which the next render uses again.
type pool[T any] struct {
	all  []*T
	used int
}

// get returns a zero object.
func (p *pool[T]) get() *T {
	if p.used == len(p.all) {
		p.all = append(p.all, new(T))
	}
	p.used++
	return p.all[p.used-1]
}

// maxIdle is how many objects a pool keeps.
const maxIdle = 1 << 10

// release takes all objects back, or leaves them to those who may have got hold of one.
func (p *pool[T]) release(leaked bool) {
	if leaked || p.used > maxIdle {
		*p = pool[T]{}
		return
	}
	var zero T
	for _, x := range p.all[:p.used] {
		*x = zero
	}
	p.used = 0
}
