package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// A table is a part of the report.
type table struct {
	title string
	rows  [][]string // the first is the head
}

// report prints what was measured, for a terminal or as Markdown.
func report(p plan, r *results) string {
	rates := perPage(p, "Requests per second, as a multiple of bare net/http (its plain page where it has none of the kind)",
		func(f framework, pg page) string {
			return ratio(r.samples[f.name][pg.name], r.samples["bare"][pg.name], func(s sample) float64 { return s.rate })
		})
	cpu := perPage(p, "Processor time per request, as a multiple of bare net/http",
		func(f framework, pg page) string {
			return ratio(r.samples[f.name][pg.name], r.samples["bare"][pg.name], func(s sample) float64 { return s.cpu })
		})
	against := perPage(p, "Requests that Retort answers in the processor time of one", func(f framework, pg page) string {
		return ratio(r.samples[f.name][pg.name], r.samples["retort"][pg.name], func(s sample) float64 { return s.cpu })
	})
	micros := perPage(p, "Processor time per request, in microseconds", func(f framework, pg page) string {
		return number(r.samples[f.name][pg.name], "%.1f", func(s sample) float64 { return s.cpu })
	})
	objects := perPage(p, "Allocations per request", func(f framework, pg page) string {
		if f.python {
			return ""
		}
		return number(r.samples[f.name][pg.name], "%.0f", func(s sample) float64 { return s.objects })
	})
	var b strings.Builder
	for _, t := range []table{rates, cpu, against, micros, objects, perServer(p, r)} {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		if p.markdown {
			b.WriteString(t.markdown())
		} else {
			b.WriteString(t.text())
		}
	}
	return b.String()
}

// perPage is a table with a row for each server and a column for each page.
func perPage(p plan, title string, cell func(framework, page) string) table {
	head := []string{"server"}
	for _, pg := range p.pages {
		head = append(head, pg.name)
	}
	t := table{title, [][]string{head}}
	for _, f := range p.servers {
		row := []string{f.title}
		for _, pg := range p.pages {
			row = append(row, cell(f, pg))
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// perServer is the table of what has nothing to do with pages.
func perServer(p plan, r *results) table {
	t := table{"Memory, start and size", [][]string{
		{"server", "MB idle", "MB loaded", "ms to start", "MB binary", "MB stripped", "s to build", "s to build again"}}}
	for _, f := range p.servers {
		took := slices.Clone(r.starts[f.name])
		slices.Sort(took)
		row := []string{f.title, megabytes(r.idle[f.name]), megabytes(r.loaded[f.name]),
			fmt.Sprintf("%.1f", took[len(took)/2].Seconds()*1000), megabytes(r.sizes[f.name].full), megabytes(r.sizes[f.name].stripped), "", ""}
		if b, ok := r.builds[f.name]; ok {
			row[6], row[7] = fmt.Sprintf("%.0f", b.cold.Seconds()), fmt.Sprintf("%.1f", b.again.Seconds())
		}
		t.rows = append(t.rows, row)
	}
	return t
}

func megabytes(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(n)/1e6)
}

// ratio is the median of what each round's sample is to the reference's.
func ratio(samples, reference []sample, of func(sample) float64) string {
	var ratios []float64
	for i := range min(len(samples), len(reference)) {
		ratios = append(ratios, of(samples[i])/of(reference[i]))
	}
	if len(ratios) == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", median(ratios))
}

func number(samples []sample, format string, of func(sample) float64) string {
	var values []float64
	for _, s := range samples {
		values = append(values, of(s))
	}
	if len(values) == 0 {
		return ""
	}
	return fmt.Sprintf(format, median(values))
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	middle := len(values) / 2
	if len(values)%2 == 0 {
		return (values[middle-1] + values[middle]) / 2
	}
	return values[middle]
}

func (t table) text() string {
	var b bytes.Buffer
	b.WriteString(t.title + "\n\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range t.rows {
		_, _ = fmt.Fprintln(w, strings.Join(cells(row), "\t")+"\t")
	}
	_ = w.Flush() // to memory
	return b.String()
}

func (t table) markdown() string {
	var b strings.Builder
	b.WriteString(t.title + ":\n\n")
	for i, row := range t.rows {
		b.WriteString("| " + strings.Join(cells(row), " | ") + " |\n")
		if i == 0 {
			b.WriteString("|---" + strings.Repeat("|--:", len(row)-1) + "|\n")
		}
	}
	return b.String()
}

// cells has a dash wherever nothing was measured.
func cells(row []string) []string {
	row = slices.Clone(row)
	for i := range row {
		if row[i] == "" {
			row[i] = "–"
		}
	}
	return row
}
