package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/retort-go/retort/assay/ioc"
	"github.com/retort-go/retort/assay/report"
)

// exportFlags are what formats are told besides the indicators.
func exportFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "tlp", Usage: "mark the export with a TLP `LABEL`: clear green amber amber+strict red"},
		&cli.StringFlag{Name: "time", Usage: "the `TIME` of the export, as in 2026-11-22T09:30:00Z, or now (for stix, misp and sigma)"},
		&cli.BoolFlag{Name: "indicators", Usage: "with stix: an indicator with a pattern for each observable"},
	}
}

// exportOptions reads the flags. One that the format has no place for is
// refused: a marking that is not in the file marks nothing.
func exportOptions(cmd *cli.Command, f report.Format) (report.Options, error) {
	o := report.Options{Indicators: cmd.Bool("indicators")}
	var err error
	if o.TLP, err = report.ParseTLP(cmd.String("tlp")); err != nil {
		return o, usagef("%v", err)
	}
	if o.TLP != "" && !f.Marks {
		var marking []string
		for _, f := range report.Formats() {
			if f.Marks {
				marking = append(marking, f.Name)
			}
		}
		return o, usagef("%s has no place for a TLP label; these have: %s", f.Name, strings.Join(marking, " "))
	}
	if o.Indicators && f.Name != "stix" {
		return o, usagef("%s has no indicators besides observables; --indicators is for stix", f.Name)
	}
	if o.Time, err = exportTime(cmd.String("time")); err != nil {
		return o, err
	}
	return o, nil
}

// exportTime reads the flag --time. Only "now" looks at the clock: equal inputs
// give equal exports.
func exportTime(text string) (time.Time, error) {
	switch text {
	case "":
		return time.Time{}, nil
	case "now":
		return time.Now(), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("%q is no time; write 2026-11-22T09:30:00Z, 2026-11-22 or now", text)
}

// imported reads back what this program exported. Kinds are chosen among those
// in the file; without a choice, all of them stay.
func (x *extraction) imported(name, format string, r io.Reader) error {
	for item, err := range report.Import(format, r) {
		if err != nil {
			x.fail(exitFailed, name, err)
			break
		}
		if x.options.Kinds != nil && !slices.Contains(x.options.Kinds, item.Kind) {
			continue
		}
		if x.seen != nil && x.seen.Before(item.Indicator, item.Rejected) {
			continue // one that was refused here may be taken elsewhere
		}
		if x.named && item.File == "" {
			item.File = name
		}
		x.mark(&item)
		if err := x.put(item); err != nil {
			return err
		}
	}
	return nil
}

// mark adds the lists of this run to what an export says already.
func (x *extraction) mark(item *report.Item) {
	for _, l := range x.options.Lists {
		if !l.Holds(item.Indicator) {
			continue
		}
		if item.Detail == nil {
			item.Detail = &ioc.Detail{}
		}
		if !slices.Contains(item.Detail.Lists, l.Name) {
			item.Detail.Lists = append(item.Detail.Lists, l.Name)
		}
	}
}

func (x *extraction) put(item report.Item) error {
	x.found++
	if err := x.out.Write(item); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}
