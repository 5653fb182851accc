package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/services/platform"
	"github.com/ics-openbook/openbook/services/platform/natsd"
)

func TestUpSaysWhereItIs(t *testing.T) {
	p := newPlace(t)
	r := p.start(t, "up", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data", "the mine's")
	r.until(t, `^Openbook \S+ runs\. Its book is in /.*/the mine's\.$`)
	r.until(t, `^  API and pages  http://127\.0\.0\.1:\d+$`)
	metrics := r.until(t, `^  metrics        http://127\.0\.0\.1:\d+/metrics$`)
	steward := r.until(t, `^  steward:england +http`)
	for _, role := range platform.Roles()[1:] {
		r.until(t, `^  `+role+`:\S+ +http://\S+/signin\?code=\w+$`)
	}
	p.dir = t.TempDir() // what it says to try next can be tried from anywhere
	for _, command := range []string{`register system QZ1 "Demonstration"`, "query ", "token --link"} {
		line := r.until(t, "^  openbook "+command)
		shell := p.command(t.Context(), "sh", "-c", line)
		if said, err := shell.CombinedOutput(); err != nil {
			t.Errorf("%s\n%v: %s", line, err, said)
		}
	}
	r.until(t, `^Ctrl-C stops it\.$`)

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: patience}
	link := steward[strings.Index(steward, "http"):]
	for i, want := range []int{http.StatusOK, http.StatusGone} { // a link works once
		if page := get(t, browser, link); page.StatusCode != want || i == 0 && page.Request.URL.Path != "/" {
			t.Errorf("visit %d: %s at %s", i+1, page.Status, page.Request.URL)
		}
	}
	if page := get(t, browser, metrics[strings.Index(metrics, "http"):]); page.StatusCode != http.StatusOK {
		t.Error(page.Status)
	}
	if got := r.stop(t); got.code != done || got.out != "Stopped." || got.err != "" {
		t.Errorf("%+v", got)
	}
}

func get(t *testing.T, c *http.Client, url string) *http.Response {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp
}

// Flags go over the environment, and that over the file.
func TestSettings(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	url := ""
	for i, pair := range p.env {
		if strings.HasPrefix(pair, "OPENBOOK_URL=") {
			url = strings.TrimPrefix(pair, "OPENBOOK_URL=")
			p.env[i] = "UNUSED=1"
		}
	}
	file := filepath.Join(p.dir, "openbook.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	me := "query|{ me { grants { role } } }|--json|--config|openbook.yaml"
	write("url: " + url + "\nas: auditor\n")
	p.check(t, []expect{{args: me, out: `.*auditor.*`}})
	p.env = append(p.env, "OPENBOOK_AS=lmc")
	p.check(t, []expect{{args: me, out: `.*lmc.*`}, {args: me + "|--as|ics-board", out: `.*ics-board.*`}, {args: me + "|--as|board", out: `.*ics-board.*`}})
}

func TestQuery(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	p.sample(t)
	if err := os.WriteFile(filepath.Join(p.dir, "q.graphql"), []byte("query($c: NetworkCode!, $n: Int) {\n network(code: $c) { name } networks(first: $n) { totalCount } }"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.check(t, []expect{
		{args: "query|{ me { name } }", out: "\\{\n  \"me\": \\{\n    \"name\": \"Miriam Oakes\"\n  \\}\n\\}"},
		{args: "query|{ me { name } }|--json|--as|pcn", out: `\{"me":\{"name":"Dr Nadia Whitlock"\}\}`},
		{args: "query|-f|q.graphql|--var|c=U99001|--var|n=3|--json", out: `\{"network":\{"name":"North"\},"networks":\{"totalCount":1\}\}`},
		{args: "query|{ nothing }", code: notDone, err: `Cannot query field "nothing" on type "Query"\.`},
		{args: "query|{ me", code: notDone, err: `Expected Name, found <EOF>\.?`},
		{args: "query|-f|q.graphql|--json", code: notDone, err: `.*must be defined.*`},
		// what was refused is data and an error both
		{args: `query|mutation { renameSystem(input: {code: "QZ9", name: "X", idempotencyKey: "k"}) { problems { code message } } }`, code: notDone,
			out: `.*"code": "SYSTEM_UNKNOWN".*`, err: `There is no system QZ9 in the book\..*`},
		{args: `query|{ network(code: "U1") { name } me { name } }`, code: notDone, out: `.*Miriam Oakes.*`, err: `"U1" is not the code of a Primary Care Network\..*`},
	})
	if got := p.with(t, "{ me { name } }", "query", "-", "--json"); got.code != done || !strings.Contains(got.out, "Miriam") {
		t.Errorf("%+v", got)
	}
}

func TestWatch(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	p.sample(t)
	w := p.start(t, "watch", "network", "U99001", "--as", "pcn")
	raw := p.start(t, "query", `subscription { networkChanged(code: "U99001") { position network { name } } }`)
	w.until(t, `^U99001  North  1 practice$`)
	raw.until(t, `^\{"networkChanged":\{"position":"5","network":\{"name":"North"\}\}\}$`)
	p.check(t, []expect{{args: "rename|network|U99001|Coast", out: `Recorded.*`}})
	w.until(t, `^`+instant+`  network\.network_renamed\.v1  \{.*"Coast".*\}$`)
	w.until(t, `^U99001  Coast  1 practice$`)
	raw.until(t, `"Coast"`)
	for _, r := range []*running{w, raw} {
		if got := r.stop(t); got.code != done || got.out != "" || got.err != "" {
			t.Errorf("%+v", got)
		}
	}
	p.check(t, []expect{
		{args: "watch network U99001 --count 1 --json", out: `\{.*"name":"Coast".*\}`},
		{args: "watch network U99001 --count 1 --after 5", out: instant + `  network\.network_renamed\.v1 .*\nU99001  Coast  1 practice`},
	})
}

func TestTokens(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	link := strings.TrimSpace(p.openbook(t, "token", "--link", "--as", "finance").out)
	if page := get(t, http.DefaultClient, link); page.StatusCode != http.StatusOK || page.Request.URL.Path == "/signin" && page.Request.URL.RawQuery != "" {
		t.Errorf("%s: %s", link, page.Status)
	}
	token := p.openbook(t, "token", "--as", "pcn:network-U99007", "--ttl", "1m")
	if err := os.WriteFile(filepath.Join(p.dir, "token"), []byte(token.out), 0o600); err != nil {
		t.Fatal(err)
	}
	p.check(t, []expect{
		{args: "query|{ me { grants { role of } } }|--json|--data|elsewhere|--token-file|token", out: `.*"pcn".*"network-U99007".*`},
		{args: "token --as nobody", code: notDone, err: `Nobody is "nobody": say steward, .*`},
		{args: "token --as nobody:system-QZ1", code: notDone, err: `Nobody is .*`},
	})
}

// What can be made again is made again, and the book says what it said.
func TestRebuild(t *testing.T) {
	p := newPlace(t)
	first := p.up(t)
	p.sample(t)
	before := p.openbook(t, "entries", "U99001", "--json")
	if got := first.stop(t); got.code != done {
		t.Fatalf("%+v", got)
	}
	if err := os.WriteFile(filepath.Join(p.dir, folder, "book", "index.db"), bytes.Repeat([]byte("x"), 9000), 0o600); err != nil {
		t.Fatal(err)
	}
	p.check(t, []expect{{args: "rebuild", out: `Made again from 5 entries in \S+\. Views are read anew at the next start\.`}})
	for _, made := range []string{"book/index.db", "nats"} {
		if _, err := os.Stat(filepath.Join(p.dir, folder, made)); err != nil {
			t.Error(err)
		}
	}
	p.up(t)
	if after := p.openbook(t, "entries", "U99001", "--json"); after.out != before.out || len(after.out) < 100 {
		t.Errorf("before %s, after %s", before.out, after.out)
	}
}

// Two services run as processes of their own, by their flags alone.
func TestServe(t *testing.T) {
	p := newPlace(t)
	server, err := natsd.Embedded(natsd.Config{
		Dir: t.TempDir(), Listen: "127.0.0.1:0", Passwords: map[string]string{"book": "one", "network": "two"}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}()
	for name, password := range map[string]string{"book": "one\n", "network": "two\n"} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(password), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.check(t, []expect{
		{args: "keys secrets --origin book.example/QZ1", out: "secrets/gateway.key +for --signing-key .*\nsecrets/gateway.pub +for --verification-key .*\nsecrets/book.key +for --book-key .*"},
		{args: "keys secrets --origin book.example/QZ1", code: notDone, err: `There are keys in secrets already, and keys are never overwritten: name another folder\.`},
		{args: "serve gateway --admin 127.0.0.1:0", code: notDone, err: `.*name --issuer and --audience.*`},
		{args: "serve network --admin 127.0.0.1:0", code: notDone, err: `.*openbook keys DIR.*--verification-key\.`},
		{args: "serve book --admin 127.0.0.1:0 --nats-password wrong --nats " + server.URL(), code: notDone, err: `.*NATS does not let book in: its password here is not the server's\.`},
	})
	p.env = append(p.env, "OPENBOOK_NATS="+server.URL())
	book := p.start(t, "serve", "book", "--nats-password-file", "book", "--admin", "127.0.0.1:0", "--data", "b", "--book-key", "secrets/book.key")
	book.until(t, `^book runs +nats://`)
	network := p.start(t, "serve", "network", "--nats-password-file", "network", "--admin", "127.0.0.1:0", "--data", "n", "--verification-key", "secrets/gateway.pub", "--log-json")
	network.until(t, `^network runs +nats://`)
	for _, r := range []*running{network, book} {
		if got := r.stop(t); got.code != done || !strings.HasSuffix(got.out, "Stopped.") {
			t.Errorf("%+v", got)
		}
	}
}
