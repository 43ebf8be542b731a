package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"time"
)

// A sample is what one drive of one page measured.
type sample struct {
	rate    float64 // requests per second
	cpu     float64 // processor time per request, in microseconds
	objects float64 // allocated per request
	bytes   float64 // allocated per request
	p99     time.Duration
}

// results are all that was measured, by server.
type results struct {
	samples map[string]map[string][]sample // by page; one for each round
	idle    map[string]int64
	loaded  map[string]int64
	starts  map[string][]time.Duration
	sizes   map[string]size
	builds  map[string]buildTime
}

// drive starts all servers and drives them in turn.
func drive(ctx context.Context, p plan, bins string, r *results) error {
	r.samples, r.idle, r.loaded = map[string]map[string][]sample{}, map[string]int64{}, map[string]int64{}
	var servers []*process
	defer func() {
		for _, s := range servers {
			s.stop()
		}
	}()
	for _, f := range p.servers {
		var env []string
		profiled := p.profile != "" && f.name == "retort"
		if profiled {
			env = []string{"PROFILE=" + p.profile}
		}
		s, err := start(ctx, f, bins, env...)
		if err != nil {
			return err
		}
		if profiled {
			s.end = syscall.SIGHUP
		}
		servers = append(servers, s)
		r.samples[f.name] = map[string][]sample{}
		if r.idle[f.name], err = s.memory(); err != nil {
			return err
		}
	}
	for round := range p.rounds {
		for _, pg := range p.pages {
			for i := range servers {
				s := servers[(i+round)%len(servers)]
				if err := s.round(ctx, pg, p.seconds, r); err != nil {
					return err
				}
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, p.rounds)
	}
	return nil
}

// round drives one page of one server and adds a sample.
func (p *process) round(ctx context.Context, pg page, seconds int, r *results) error {
	driven := pg
	if !p.has(pg) {
		if p.program() != "bare" {
			return nil
		}
		driven = allPages[0]
	}
	s, err := p.sample(ctx, driven, seconds)
	if err != nil {
		return fmt.Errorf("%s, %s: %w", p.name, driven.name, err)
	}
	r.samples[p.name][pg.name] = append(r.samples[p.name][pg.name], s)
	held, err := p.memory()
	r.loaded[p.name] = max(r.loaded[p.name], held)
	return err
}

func (p *process) sample(ctx context.Context, pg page, seconds int) (s sample, err error) {
	cookie := ""
	if pg.session {
		if cookie, err = p.cookies(ctx, pg.path); err != nil {
			return s, err
		}
	}
	before, err1 := p.usage(ctx)
	cpuBefore, err2 := p.cpu()
	l, err3 := wrk(ctx, "http://"+p.addr+pg.path, cookie, seconds)
	cpu, err4 := p.cpu()
	after, err5 := p.usage(ctx)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return s, err
	}
	n := float64(l.requests)
	return sample{
		rate:    n / l.took.Seconds(),
		cpu:     float64((cpu - cpuBefore).Microseconds()) / n,
		objects: float64(after.Objects-before.Objects) / n,
		bytes:   float64(after.Bytes-before.Bytes) / n,
		p99:     l.p99,
	}, nil
}

// A load is what wrk says of its work.
type load struct {
	requests int
	took     time.Duration
	p99      time.Duration
}

// wrk drives a page over 64 connections from the second processor.
func wrk(ctx context.Context, address, cookie string, seconds int) (load, error) {
	args := []string{"-c", "1", "wrk", "-t", "1", "-c", "64", "-d", strconv.Itoa(seconds), "--latency", "--timeout", "10s"}
	if cookie != "" {
		args = append(args, "-H", "Cookie: "+cookie)
	}
	cmd := exec.CommandContext(ctx, "taskset", append(args, address)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return load{}, fmt.Errorf("wrk: %w", err)
	}
	return parseWrk(string(out))
}

var (
	wrkTotal  = regexp.MustCompile(`(?m)^\s*(\d+) requests in ([0-9.]+\w+),`)
	wrkP99    = regexp.MustCompile(`(?m)^\s*99%\s+([0-9.]+\w+)`)
	wrkErrors = regexp.MustCompile(`(?m)^\s*(Non-2xx or 3xx responses.*|Socket errors.*)$`)
)

// parseWrk reads what wrk prints. An answer that is no success makes the whole
// worthless: errors are quick.
func parseWrk(out string) (l load, err error) {
	if bad := wrkErrors.FindString(out); bad != "" {
		return l, fmt.Errorf("wrk reports: %s", bad)
	}
	total, p99 := wrkTotal.FindStringSubmatch(out), wrkP99.FindStringSubmatch(out)
	if total == nil || p99 == nil {
		return l, fmt.Errorf("wrk printed %q", out)
	}
	var errs [3]error
	l.requests, errs[0] = strconv.Atoi(total[1])
	l.took, errs[1] = time.ParseDuration(total[2])
	l.p99, errs[2] = time.ParseDuration(p99[1])
	if err := errors.Join(errs[:]...); err != nil {
		return l, fmt.Errorf("wrk printed %q: %w", out, err)
	}
	if l.requests == 0 || l.took <= 0 {
		return l, errors.New("not one request was answered")
	}
	return l, nil
}
