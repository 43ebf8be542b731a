package report

import "bufio"

// openJSONL writes one object per line. Fields and their order are those of
// Item.
func openJSONL(w *bufio.Writer, _ Options) encoder {
	return encoder{item: func(it *Item) {
		w.Write(append(appendItem(w.AvailableBuffer(), it), '\n'))
	}}
}

// openJSON writes an array with one object per line, so that it can be read by
// eye, by diff and by a program.
func openJSON(w *bufio.Writer, _ Options) encoder {
	between := "\n"
	return encoder{
		begin: func() { w.WriteByte('[') },
		item: func(it *Item) {
			w.WriteString(between)
			w.Write(appendItem(w.AvailableBuffer(), it))
			between = ",\n"
		},
		end: func() { w.WriteString("\n]\n") },
	}
}
