//go:build browser

package console

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// tab is one page of a real browser, spoken to over a pipe in its own protocol.
type tab struct {
	t       *testing.T
	out     io.Writer
	session string
	last    int

	mu       sync.Mutex
	answers  map[int]chan message
	requests []string // every address the page asked for
	faults   []string // what its console says is wrong
}

type message struct {
	ID        int             `json:"id,omitempty"`
	Method    string          `json:"method,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// open starts a browser with one empty page. Without a browser the test fails.
func open(t *testing.T) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("this test needs a browser: apt-get install chromium")
	}
	toBrowser, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	c := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,800",
		"--user-data-dir="+t.TempDir(), "--remote-debugging-pipe")
	c.ExtraFiles = []*os.File{toBrowser, fromBrowser}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	b := &tab{t: t, out: in, answers: map[int]chan message{}}
	heard := make(chan struct{})
	go func() { defer close(heard); b.listen(out) }()
	t.Cleanup(func() {
		b.do("Browser.close", nil, nil)
		_ = c.Wait() // killed or closed, it is gone
		cancel()
		for _, f := range []*os.File{toBrowser, in, fromBrowser} {
			_ = f.Close()
		}
		<-heard
	})
	var target struct{ TargetID string }
	b.do("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.do("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.do(domain+".enable", nil, nil)
	}
	return b
}

func (b *tab) listen(r io.Reader) {
	in := bufio.NewReader(r)
	for {
		frame, err := in.ReadBytes(0)
		if err != nil {
			return // the browser is gone
		}
		var m message
		if err := json.Unmarshal(frame[:len(frame)-1], &m); err != nil {
			b.t.Errorf("the browser said %q", frame)
			return
		}
		b.mu.Lock()
		switch {
		case m.ID != 0:
			b.answers[m.ID] <- m
		case m.Method == "Network.requestWillBeSent":
			var p struct{ Request struct{ URL string } }
			_ = json.Unmarshal(m.Params, &p)
			b.requests = append(b.requests, p.Request.URL)
		case m.Method == "Log.entryAdded" || m.Method == "Runtime.exceptionThrown" || m.Method == "Runtime.consoleAPICalled" && strings.Contains(string(m.Params), `"type":"error"`):
			b.faults = append(b.faults, string(m.Params))
		}
		b.mu.Unlock()
	}
}

func (b *tab) do(method string, params, result any) {
	b.t.Helper()
	if err := b.try(method, params, result); err != nil {
		b.t.Fatal(err)
	}
}

// try is do for what may fail for a moment: a page that is being left cannot be
// asked anything.
func (b *tab) try(method string, params, result any) error {
	raw, err := json.Marshal(params)
	if err != nil {
		return err
	}
	b.last++
	answer := make(chan message, 1)
	b.mu.Lock()
	b.answers[b.last] = answer
	b.mu.Unlock()
	m := message{ID: b.last, Method: method, SessionID: b.session}
	if params != nil {
		m.Params = raw
	}
	if strings.HasPrefix(method, "Browser.") {
		m.SessionID = ""
	}
	frame, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if _, err := b.out.Write(append(frame, 0)); err != nil {
		return err
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				return err
			}
		}
	case <-time.After(20 * time.Second):
		return fmt.Errorf("%s: no answer", method)
	}
	return nil
}

// run evaluates a JavaScript expression in the page, and gives what it is.
func (b *tab) run(expression string) (string, error) {
	b.t.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	if err := b.try("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &r); err != nil {
		return "", err
	}
	if r.ExceptionDetails != nil {
		return "", errors.New(r.ExceptionDetails.Exception.Description)
	}
	return fmt.Sprint(r.Result.Value), nil
}

// eventually waits until an expression contains want.
func (b *tab) eventually(expression, want string) {
	b.t.Helper()
	var got string
	var err error
	for range 100 {
		if got, err = b.run(expression); err == nil && strings.Contains(got, want) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.t.Fatalf("%s is %q, %v; want %q in it\nfaults: %s", expression, got, err, want, b.faults)
}

// picture saves what the page looks like where OPENBOOK_PICTURES says.
func (b *tab) picture(name string) {
	dir := os.Getenv("OPENBOOK_PICTURES")
	if dir == "" {
		return
	}
	var shot struct{ Data string }
	b.do("Page.captureScreenshot", nil, &shot)
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/"+name+".png", png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
