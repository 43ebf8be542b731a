package value

// Dict is an insertion-ordered dict with any hashable keys; 1, 1.0 and True
// are one key. It is the storage of dict, set and view values. The zero Dict is
// empty and ready. It is not safe for concurrent use while it is changed.
type Dict struct {
	entries []entry
	index   []int32 // open addressing: entry number + 1, 0 free, -1 freed; nil while small
	used    int     // places of index that are not 0
	live    int     // entries that are not deleted
}

type entry struct {
	key, val Value
	hash     uint64
	dead     bool
}

// smallDict is the size up to which looking at every entry beats hashing.
const smallDict = 8

// NewDict returns an empty dict with room for n keys.
func NewDict(n int) *Dict { return &Dict{entries: make([]entry, 0, n)} }

// Len returns the number of keys.
func (d *Dict) Len() int { return d.live }

// Get returns the value of a key. It fails when the key is not hashable.
func (d *Dict) Get(key Value) (Value, bool, error) {
	if key.IsString() {
		v, ok := d.GetStr(key.AsString())
		return v, ok, nil
	}
	h, err := hash(key, &walk{})
	if err != nil {
		return Value{}, false, err
	}
	i, err := d.find(key, h)
	if i < 0 || err != nil {
		return Value{}, false, err
	}
	return d.entries[i].val, true, nil
}

// GetStr returns the value of a string key.
func (d *Dict) GetStr(key string) (Value, bool) {
	if i := d.findStr(key); i >= 0 {
		return d.entries[i].val, true
	}
	return Value{}, false
}

func (d *Dict) findStr(key string) int {
	if d.index == nil {
		for i := range d.entries {
			e := &d.entries[i]
			if e.key.IsString() && e.key.AsString() == key && !e.dead {
				return i
			}
		}
		return -1
	}
	h := hashString(key)
	mask := uint64(len(d.index) - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		i := int(d.index[at])
		if i == 0 {
			return -1
		}
		if i < 0 {
			continue
		}
		if e := &d.entries[i-1]; e.hash == h && e.key.IsString() && e.key.AsString() == key {
			return i - 1
		}
	}
}

func (d *Dict) find(key Value, h uint64) (int, error) {
	if d.index == nil {
		for i := range d.entries {
			if e := &d.entries[i]; e.hash == h && !e.dead {
				if same, err := sameKey(e.key, key); same || err != nil {
					return i, err
				}
			}
		}
		return -1, nil
	}
	mask := uint64(len(d.index) - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		i := int(d.index[at])
		if i == 0 {
			return -1, nil
		}
		if i < 0 {
			continue
		}
		if e := &d.entries[i-1]; e.hash == h {
			if same, err := sameKey(e.key, key); same || err != nil {
				return i - 1, err
			}
		}
	}
}

// sameKey compares as Python's dict does: identity first, so that nan finds
// itself.
func sameKey(a, b Value) (bool, error) {
	if Same(a, b) {
		return true, nil
	}
	return equal(a, b, &walk{})
}

// Set stores val under key. A key that is there keeps its place and spelling.
// It fails when the key is not hashable.
func (d *Dict) Set(key, val Value) error {
	h, err := hash(key, &walk{})
	if err != nil {
		return err
	}
	i, err := d.find(key, h)
	if err != nil {
		return err
	}
	if i >= 0 {
		d.entries[i].val = val
		return nil
	}
	d.add(entry{key: key, val: val, hash: h})
	return nil
}

// SetStr stores val under a string key.
func (d *Dict) SetStr(key string, val Value) {
	if i := d.findStr(key); i >= 0 {
		d.entries[i].val = val
		return
	}
	d.add(entry{key: Str(key), val: val, hash: hashString(key)})
}

func (d *Dict) add(e entry) {
	d.entries = append(d.entries, e)
	d.live++
	switch {
	case d.index == nil && len(d.entries) <= smallDict:
	case 2*d.used >= len(d.index):
		d.rebuild()
	default:
		d.place(len(d.entries)-1, e.hash)
	}
}

// rebuild drops the dead entries and makes the index anew, with room to grow.
func (d *Dict) rebuild() {
	if d.live < len(d.entries) {
		kept := d.entries[:0]
		for i := range d.entries {
			if !d.entries[i].dead {
				kept = append(kept, d.entries[i])
			}
		}
		clear(d.entries[len(kept):])
		d.entries = kept
	}
	if len(d.entries) <= smallDict {
		d.index, d.used = nil, 0
		return
	}
	size := 32
	for size < 4*len(d.entries) {
		size *= 2
	}
	d.index, d.used = make([]int32, size), 0
	for i := range d.entries {
		d.place(i, d.entries[i].hash)
	}
}

func (d *Dict) place(i int, h uint64) {
	mask := uint64(len(d.index) - 1)
	at := h & mask
	for d.index[at] > 0 {
		at = (at + 1) & mask
	}
	if d.index[at] == 0 {
		d.used++
	}
	d.index[at] = int32(i + 1)
}

// Delete removes a key and returns its value. It fails when the key is not
// hashable.
func (d *Dict) Delete(key Value) (Value, bool, error) {
	h, err := hash(key, &walk{})
	if err != nil {
		return Value{}, false, err
	}
	i, err := d.find(key, h)
	if i < 0 || err != nil {
		return Value{}, false, err
	}
	return d.deleteAt(i), true, nil
}

func (d *Dict) deleteAt(i int) Value {
	e := d.entries[i]
	if d.index != nil {
		mask := uint64(len(d.index) - 1)
		at := e.hash & mask
		for d.index[at] != int32(i+1) {
			at = (at + 1) & mask
		}
		d.index[at] = -1
	}
	d.entries[i] = entry{dead: true}
	d.live--
	for n := len(d.entries); n > 0 && d.entries[n-1].dead; n-- {
		d.entries = d.entries[:n-1]
	}
	if len(d.entries) > 4*smallDict && d.live < len(d.entries)/4 {
		d.rebuild()
	}
	return e.val
}

// Clear removes all keys.
func (d *Dict) Clear() { *d = Dict{} }

// Copy returns a dict of the same keys and values.
func (d *Dict) Copy() *Dict {
	c := NewDict(d.live)
	for i := range d.entries {
		if !d.entries[i].dead {
			c.entries = append(c.entries, d.entries[i])
		}
	}
	c.live = len(c.entries)
	if c.live > smallDict {
		c.rebuild()
	}
	return c
}

// All iterates over keys and values in insertion order. The dict must not be
// changed meanwhile.
func (d *Dict) All() func(yield func(key, val Value) bool) {
	return func(yield func(key, val Value) bool) {
		for i := range d.entries {
			if e := &d.entries[i]; !e.dead && !yield(e.key, e.val) {
				return
			}
		}
	}
}
