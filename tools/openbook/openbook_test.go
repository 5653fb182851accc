package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The tests run the command for real: this binary, called openbook, is it. And,
// so that the tour in README.md needs nothing else, it is a curl of sorts.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "openbook":
		main()
	case "curl":
		curl(os.Args[len(os.Args)-1])
	default:
		os.Exit(m.Run())
	}
}

func curl(url string) {
	resp, err := http.Get(url)
	if err == nil {
		_, err = io.Copy(os.Stdout, resp.Body)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// patience is how long anything here may take.
const patience = 30 * time.Second

// place is a folder with a command in it, and nobody's settings.
type place struct {
	dir string
	env []string
}

func newPlace(t *testing.T) place {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := place{dir: t.TempDir()}
	bin := t.TempDir()
	for _, name := range []string{"openbook", "curl"} {
		if err := os.Symlink(self, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	p.env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + os.TempDir()}
	return p
}

// command is one that ends by itself or is interrupted when ctx is done.
func (p place) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	for _, pair := range p.env {
		if path, ok := strings.CutPrefix(pair, "PATH="); ok && name == "openbook" {
			name = filepath.Join(strings.Split(path, ":")[0], name)
		}
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = patience
	return cmd
}

// outcome is how a command ended, and what it said.
type outcome struct {
	code     int
	out, err string
}

func (p place) openbook(t *testing.T, args ...string) outcome {
	t.Helper()
	return p.with(t, "", args...)
}

func (p place) with(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, complaint bytes.Buffer
	cmd := p.command(ctx, "openbook", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &complaint
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatal(args, err, complaint.String())
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), complaint.String()}
}

// running is a command that goes on until it is stopped.
type running struct {
	cmd   *exec.Cmd
	lines chan string // what it says, closed at the end
	all   *bytes.Buffer
}

func (p place) start(t *testing.T, args ...string) *running {
	t.Helper()
	r := &running{cmd: p.command(context.Background(), "openbook", args...), lines: make(chan string, 1000), all: &bytes.Buffer{}}
	pipe, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.cmd.Stderr = r.all
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.lines)
		for scan := bufio.NewScanner(pipe); scan.Scan(); {
			r.lines <- scan.Text()
		}
	}()
	t.Cleanup(func() {
		if r.cmd.ProcessState == nil {
			_ = r.cmd.Process.Kill() // the test has failed already
			_ = r.cmd.Wait()
		}
	})
	return r
}

// until reads lines up to one that fits, which it returns whole.
func (r *running) until(t *testing.T, pattern string) string {
	t.Helper()
	late := time.After(patience)
	var said []string
	for {
		select {
		case line, open := <-r.lines:
			if !open {
				_ = r.cmd.Wait()
				t.Fatalf("it ended before it said %q:\n%s\n%s", pattern, strings.Join(said, "\n"), r.all)
			}
			said = append(said, line)
			if regexp.MustCompile(pattern).MatchString(line) {
				return line
			}
		case <-late:
			t.Fatalf("it did not say %q:\n%s", pattern, strings.Join(said, "\n"))
		}
	}
}

// stop sends Ctrl-C, and returns the rest of what is said, errors last.
func (r *running) stop(t *testing.T) outcome {
	t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	var rest []string
	for line := range r.lines {
		rest = append(rest, line)
	}
	err := r.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{r.cmd.ProcessState.ExitCode(), strings.Join(rest, "\n"), r.all.String()}
}

// up runs a platform in the place, on ports of its own, and makes it the one
// that other commands there ask.
func (p *place) up(t *testing.T, flags ...string) *running {
	t.Helper()
	r := p.start(t, append([]string{"up", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, flags...)...)
	line := r.until(t, `API and pages +http`)
	p.env = append(p.env, "OPENBOOK_URL="+line[strings.Index(line, "http"):])
	r.until(t, `Ctrl-C stops it`)
	return r
}

// sample is a small system.
func (p place) sample(t *testing.T) {
	t.Helper()
	for _, args := range [][]string{
		{"register", "system", "QZ1", "Demonstration", "--region", "Y59"},
		{"register", "place", "QZ1", "WEST", "West"},
		{"register", "network", "U99001", "North", "--system", "QZ1", "--place", "WEST"},
		{"register", "practice", "Z99001", "Mill Lane Surgery", "--system", "QZ1"},
		{"join", "Z99001", "U99001", "--from", "2026-04-01"},
	} {
		if got := p.openbook(t, args...); got.code != done || got.err != "" {
			t.Fatalf("%q: %+v", args, got)
		}
	}
}

// expect is a command line, and patterns of what comes of it.
type expect struct {
	args string // with | between them where they hold spaces
	code int
	out  string
	err  string
}

func (p place) check(t *testing.T, cases []expect) {
	t.Helper()
	for _, c := range cases {
		args := strings.Fields(c.args)
		if strings.Contains(c.args, "|") {
			args = strings.Split(c.args, "|")
		}
		got := p.openbook(t, args...)
		if got.code != c.code || !fits(c.out, got.out) || !fits(c.err, got.err) {
			t.Errorf("openbook %s\nexits with %d, not %d\n%s%s\nwant %q, %q", c.args, got.code, c.code, got.out, got.err, c.out, c.err)
		}
		if internal.MatchString(got.err) {
			t.Errorf("openbook %s shows its insides: %s", c.args, got.err)
		}
	}
}

// fits reports whether what was said is exactly of a pattern, in which an empty
// one is for silence.
func fits(pattern, said string) bool {
	return regexp.MustCompile(`(?s)\A(?:` + pattern + `)\s*\z`).MatchString(said)
}

// internal is what only programmers should see.
var internal = regexp.MustCompile(`0x[0-9a-f]+|goroutine|panic|%!|\*errors|dial tcp|json:|<nil>|Post "|\.\.\s*$`)
