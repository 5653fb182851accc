package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A receipt, a book, a backup and two checkpoints are verified without a platform;
// whatever is not as it was is told, with exit code 1.
func TestVerify(t *testing.T) {
	p := newPlace(t)
	running := p.up(t)
	p.sample(t)
	var url string
	for _, pair := range p.env {
		if at, is := strings.CutPrefix(pair, "OPENBOOK_URL="); is {
			url = at
		}
	}
	save := func(path, as string) {
		t.Helper()
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %v", path, resp.Status, err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(p.dir, as)), 0o700); err != nil {
			t.Fatal(err)
		}
		p.put(t, as, string(body))
	}
	p.check(t, []expect{
		{args: "rename|network|U99001|Coast|--receipts|kept", out: `Recorded as entry 6, visible\.\n.*\nKept 1 signed receipt in kept\.`},
		{args: "rename|network|U99001|Hills|--receipts|kept|--json", out: `\{(.*\n)*\}`, err: `Kept 1 signed receipt in kept\.`},
	})
	save("/checkpoint", "older.txt")
	save("/keys", "key.pub")
	p.check(t, []expect{
		{args: "rename|network|U99001|Moor|--receipts|kept", out: `(.*\n)*Kept 1 signed receipt in kept\.`},
		{args: "backup|copy", out: `Backed up 8 entries with the root \S+, and verified\.`},
		{args: "backup|copy", code: notDone, err: `Copy is there already, and a backup is never overwritten: name another folder: .*`},
		{args: "drill", out: `The book can be restored: 8 entries with the root \S+\.\nBacked up in \S+, restored in \S+, started in \S+\.`},
		{args: "receipt|00000000-0000-4000-8000-000000000000", code: notDone, err: `The receipt of .*: the book has no such entry: .*`},
	})
	save("/checkpoint", "newer.txt")
	save("/tile/0/000.p/8", "tiles/tile/0/000.p/8")
	running.stop(t)

	const held = `(  held +.*\n?)*`
	sound := func(what string) string { return `Verified: ` + what + `\n` + held }
	p.check(t, []expect{
		{args: "verify|receipt|kept|--key|key.pub", out: strings.Repeat(sound(`kept/\S+`), 3)},
		{args: "verify|receipt|kept", code: misread, err: `A receipt is verified by a public key that you trust: name its file by --key\..*`},
		{args: "verify|receipt|none|--key|key.pub", code: notDone, err: `none: no such file or directory\..*`},
		{args: "verify|book|--key|key.pub|--checkpoint|older.txt", out: `Read 8 entries with the root \S+\.\n` + sound(folder)},
		{args: "verify|book", out: `Read 8 entries .*\nVerified: .*\n` + held + `  unchecked  The keys lay beside the book: .*`},
		{args: "verify|backup|copy|--key|key.pub", out: `Read 8 entries .*\n` + sound("copy")},
		{args: "verify|consistency|older.txt|newer.txt|--key|key.pub|--tiles|tiles", out: sound("older.txt and newer.txt")},
		{args: "verify|consistency|newer.txt|older.txt|--key|key.pub|--tiles|tiles", code: notDone, out: `NOT verified: .*\n` + held + `  wrong +.*the last \d are gone, .*`},
		{args: "verify|consistency|older.txt|newer.txt|--key|key.pub|--tiles|copy", code: notDone, out: `NOT verified: .*\n` + held + `  wrong +.*no such file.*`},
		{args: "restore|copy", code: notDone, err: `Nothing was restored: there is a book in .* already, .*`},
		{args: "restore|copy|--data|again", out: `Restored 8 entries with the root \S+, and verified\.`},
		{args: "up|--data|again", code: notDone, err: `The book was signed with keys that are not there: put \S+ back, or name them by --book-key\..*`},
	})

	receipts, err := filepath.Glob(filepath.Join(p.dir, "kept", "*.json"))
	if err != nil || len(receipts) != 3 {
		t.Fatal(receipts, err)
	}
	whole, err := os.ReadFile(receipts[0])
	if err != nil {
		t.Fatal(err)
	}
	ordinal := regexp.MustCompile(`"ordinal":\d`)
	for _, c := range []struct{ what, text, says string }{
		{"another place", ordinal.ReplaceAllString(string(whole), `"ordinal":1`), "not shown to be in the book"},
		{"another log", strings.ReplaceAll(string(whole), "openbook.local/", "openbook.other/"), "signed by no known key"},
		{"no receipt", "{}", "not well formed"},
	} {
		p.put(t, "wrong.json", c.text)
		got := p.openbook(t, "verify", "receipt", "wrong.json", "--key", "key.pub", "--json")
		var all []verified
		if err := json.Unmarshal([]byte(got.out), &all); err != nil || got.code != notDone || len(all) != 1 || all[0].OK || !strings.Contains(got.out, c.says) {
			t.Errorf("%s: %+v", c.what, got)
		}
	}
}

// A book's keys are made, added to and retired.
func TestKeys(t *testing.T) {
	p := newPlace(t)
	count := func(private int) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(p.dir, "secrets", "book.key"))
		if err != nil || strings.Count(string(text), "PRIVATE+KEY") != private || strings.Count(string(text), "book.example/QZ1+") != 2 {
			t.Errorf("it has %d private keys, want %d: %v", strings.Count(string(text), "PRIVATE+KEY"), private, err)
		}
	}
	p.check(t, []expect{
		{args: "keys|secrets", code: misread, err: `A book signs under a name that stays: give it by --origin, .*`},
		{args: "keys|secrets|--origin|no name", code: notDone, err: `.*cannot be used.*`},
		{args: "keys|secrets|--origin|book.example/QZ1", out: `secrets/gateway\.key .*\nsecrets/gateway\.pub .*\nsecrets/book\.key .*`},
		{args: "keys|secrets|--origin|book.example/QZ1", code: notDone, err: `There are keys in secrets already, .*`},
		{args: "keys|rotate|secrets/book.key", out: `secrets/book\.key is changed\. Start the book again\.`},
	})
	count(2)
	p.check(t, []expect{
		{args: "keys|retire|secrets/book.key", out: `secrets/book\.key is changed\. Start the book again\.`},
		{args: "keys|rotate|secrets/gateway.key", code: notDone, err: `.*gateway\.key: the book's keys cannot be used: line 1: .*`},
	})
	count(1)
}

// A figure is worked out again from proven entries; by a key that did not sign
// them, it is not.
func TestExplain(t *testing.T) {
	p := newPlace(t)
	p.up(t, "--demo")
	const left = `network(code: "U99003") { funding(year: "2025/26") { stream(key: "development") { stages { left } } } }`
	for until := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) { // the demonstration is recorded while the platform runs
		got := p.openbook(t, "explain", left)
		if got.code == done && strings.HasPrefix(got.out, "18500.00\n") {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("%+v", got)
		}
	}
	another := newPlace(t)
	another.up(t).stop(t)
	others, err := os.ReadFile(filepath.Join(another.dir, folder, "book.pub"))
	if err != nil {
		t.Fatal(err)
	}
	p.put(t, "others.pub", string(others))
	p.check(t, []expect{
		{args: "explain|" + left, out: `18500\.00\n\nFigure +network\(code: "U99003", asAt: "\S+", on: "\S+"\) .*\nRule +What has not been spent, .*\nArithmetic +£27500\.00 \+ \(−£9000\.00\) = £18500\.00\n` +
			`\nEntry +Recorded +What +Id\n\d+ +\S+ \S+ +funding\.allocated\.v1 +\S+\n\d+ +\S+ \S+ +funding\.diverted\.v1 +\S+\n` +
			`\n\d+ entries, each proven to be in the book and unchanged\.\nFolded again from these alone, the figure is the same\.`},
		{args: `explain|network(code: "U99003") { patients }|--json`, out: `\{\n(.*\n)*  "same": true,\n(.*\n)*\}`},
		{args: `explain|network(code: "U99999") { patients }`, code: notDone, err: `The book has nothing of .*`},
		{args: `explain|network(code: "U99003") { name }`, code: misread, err: "(?s)`network.*` is not the name of a figure: name is none\\..*"},
		{args: `explain|U99003`, code: misread, err: `(?s).* is not the name of a figure: .*`},
		{args: `explain|` + left + `|--key|none.pub`, code: misread, err: `(?s)There is no public key none\.pub: name the one that you trust by --key\..*`},
		{args: `explain|` + left + `|--key|others.pub`, code: notDone, err: `The entry \S+ is not proven: .*`},
	})
}
