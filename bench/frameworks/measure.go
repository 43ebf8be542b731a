package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/retort-go/retort/bench/frameworks/pages"
)

// starts is how often a server is started to see how long that takes.
const starts = 7

// timeStarts returns for each server the times from exec to the first answer.
func timeStarts(ctx context.Context, servers []framework, bins string) (map[string][]time.Duration, error) {
	times := map[string][]time.Duration{}
	for range starts {
		for _, f := range servers {
			p, err := start(ctx, f, bins)
			if err != nil {
				return nil, err
			}
			p.stop()
			times[f.name] = append(times[f.name], p.start)
		}
	}
	return times, nil
}

// A size is that of a program in bytes, whole and without symbols.
type size struct{ full, stripped int64 }

func sizes(ctx context.Context, work string, servers []framework, bins string) (map[string]size, error) {
	stripped, err := build(ctx, work, servers, "-ldflags=-s -w")
	if err != nil {
		return nil, err
	}
	all := map[string]size{}
	for _, f := range servers {
		if f.python || f.folder != "" {
			continue
		}
		whole, err := os.Stat(filepath.Join(bins, f.program()))
		if err != nil {
			return nil, err
		}
		bare, err := os.Stat(filepath.Join(stripped, f.program()))
		if err != nil {
			return nil, err
		}
		all[f.name] = size{whole.Size(), bare.Size()}
	}
	return all, nil
}

// A buildTime is processor time: from an empty cache, and after a change of main.go.
type buildTime struct{ cold, again time.Duration }

func timeBuilds(ctx context.Context, work string, servers []framework) (map[string]buildTime, error) {
	all := map[string]buildTime{}
	for _, f := range servers {
		if f.python || f.folder != "" {
			continue
		}
		cache := filepath.Join(work, "cache-"+f.name)
		out := filepath.Join(work, f.name)
		target := "./servers/" + f.name
		cold, err := goUsage(ctx, []string{"GOCACHE=" + cache}, "build", "-o", out, target)
		if err != nil {
			return nil, err
		}
		overlay, err := changed(work, filepath.Join(here(), "servers", f.name, "main.go"))
		if err != nil {
			return nil, err
		}
		again, err := goUsage(ctx, []string{"GOCACHE=" + cache}, "build", "-overlay", overlay, "-o", out, target)
		if err != nil {
			return nil, err
		}
		all[f.name] = buildTime{cold.UserTime() + cold.SystemTime(), again.UserTime() + again.SystemTime()}
		if err := os.RemoveAll(cache); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// changed makes the go command see a changed file, without changing it.
func changed(work, file string) (overlay string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	other := filepath.Join(work, "main.go")
	if err := os.WriteFile(other, append(text, "\nvar Changed = 1\n"...), 0o600); err != nil {
		return "", err
	}
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{file: other}})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(work, "overlay.json")
	return overlay, os.WriteFile(overlay, replace, 0o600)
}

// usage asks a Go server what it has allocated.
func (p *process) usage(ctx context.Context) (u pages.Usage, err error) {
	if p.python {
		return u, nil
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", p.meter)
	if err != nil {
		return u, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return u, err
	}
	return u, json.NewDecoder(io.LimitReader(conn, 1<<10)).Decode(&u)
}

// tick is the unit of the times in /proc, the same on all of Go's Linux ports.
const tick = 10 * time.Millisecond

// cpu is the processor time of a process and those it started.
func (p *process) cpu() (time.Duration, error) {
	var total time.Duration
	for _, pid := range tree(p.cmd.Process.Pid) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return 0, err
		}
		t, err := parseStat(string(stat))
		if err != nil {
			return 0, err
		}
		total += t
	}
	return total, nil
}

// parseStat returns utime and stime of a /proc/PID/stat (proc_pid_stat(5)).
func parseStat(stat string) (time.Duration, error) {
	// The second field is the command's name, which may hold anything.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/PID/stat is %q", stat)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, err
}

// memory is what a process and those it started hold in memory, in bytes; what
// they share counts once.
func (p *process) memory() (int64, error) {
	var total int64
	for _, pid := range tree(p.cmd.Process.Pid) {
		rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			return 0, err
		}
		for line := range strings.Lines(string(rollup)) {
			if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
				kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
				if err != nil {
					return 0, err
				}
				total += kb << 10
			}
		}
	}
	return total, nil
}

// tree is a process and all below it.
func tree(pid int) []int {
	pids := []int{pid}
	for i := 0; i < len(pids); i++ {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pids[i])) // the pattern is valid
		for _, task := range tasks {
			children, err := os.ReadFile(task)
			if err != nil {
				continue // the thread has ended
			}
			for _, child := range strings.Fields(string(children)) {
				if n, err := strconv.Atoi(child); err == nil {
					pids = append(pids, n)
				}
			}
		}
	}
	return pids
}
