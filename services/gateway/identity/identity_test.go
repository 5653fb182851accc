package identity

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/clock"
)

// watch is a clock that a test moves.
type watch struct{ sinceNoon atomic.Int64 }

func (w *watch) Now() time.Time           { return noon.Add(time.Duration(w.sinceNoon.Load())) }
func (w *watch) forward(by time.Duration) { w.sinceNoon.Add(int64(by)) }

func open(t *testing.T, c clock.Clock) *Local {
	t.Helper()
	l, err := OpenLocal(t.TempDir(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestATokenTellsWhoItWasMintedFor(t *testing.T) {
	l := open(t, new(watch))
	for _, want := range SamplePeople {
		token, err := l.Mint(want, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		want.Expires = noon.Add(time.Hour)
		for range 2 { // verified, then remembered
			got, err := l.Verifier().Verify(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		}
	}
}

func TestSamplePeopleWorkNowhere(t *testing.T) {
	system, _ := strings.CutPrefix(string(sampleSystem), "system-")
	network, _ := strings.CutPrefix(string(sampleNetwork), "network-")
	practice, _ := strings.CutPrefix(string(samplePractice), "practice-")
	if !events.ICB(system).Valid() || !events.PCN(network).Valid() || !events.Practice(practice).Valid() {
		t.Error("a code has the wrong form")
	}
	roles := map[ask.Role]bool{}
	for _, p := range SamplePeople {
		roles[p.Grants[0].Role] = true
	}
	if len(roles) != len(SamplePeople) {
		t.Error("two people play the same part")
	}
}

func TestARememberedTokenExpires(t *testing.T) {
	w := new(watch)
	l := open(t, w)
	token, err := l.Mint(SamplePeople[0], time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		valid bool
	}{{0, true}, {59 * time.Second, true}, {time.Second, false}, {time.Hour, false}} {
		w.forward(step.after)
		if _, err := l.Verifier().Verify(t.Context(), token); (err == nil) != step.valid {
			t.Errorf("%s later: %v", step.after, err)
		}
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	l := open(t, new(watch))
	for range maxCached + 10 {
		token, err := l.Mint(SamplePeople[0], time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Verifier().Verify(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if n := l.Verifier().verified.Len(); n != maxCached {
		t.Errorf("%d tokens are remembered", n)
	}
}

func TestAnUnknownRoleGivesNothing(t *testing.T) {
	var log bytes.Buffer
	l, key := mustOwn(t, new(watch), slog.New(slog.NewTextHandler(&log, nil)))
	token := signed(t, "EdDSA", key, claims{"iss": localIssuer, "aud": localAudience, "sub": "person-1", "exp": noon.Add(time.Hour).Unix(),
		RolesClaim: []string{"emperor:england", "steward", "auditor:system-QZ1", "lmc:", strings.Repeat("x", 5000)}})
	p, err := l.Verifier().Verify(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.Grants, []ask.Grant{{Role: ask.Auditor, Of: "system-QZ1"}}) {
		t.Errorf("got %v", p.Grants)
	}
	if !strings.Contains(log.String(), "emperor:england") || strings.Contains(log.String(), token) || log.Len() > 2000 {
		t.Errorf("got %s", log.String())
	}
}

func TestANameElsewhereStaysElsewhere(t *testing.T) {
	ref := pseudonym("https://issuer.example", "nadia.whitlock@example.nhs.uk")
	if strings.Contains(string(ref), "nadia") || !strings.HasPrefix(string(ref), "person-") {
		t.Errorf("got %s", ref)
	}
	if ref != pseudonym("https://issuer.example", "nadia.whitlock@example.nhs.uk") || ref == pseudonym("https://other.example", "nadia.whitlock@example.nhs.uk") {
		t.Error("a person is one to one issuer, and another to another")
	}
}

func TestAnIssuerWithoutEncryptionIsRefused(t *testing.T) {
	_, err := Remote(t.Context(), Config{Issuer: "http://issuer.example", Audience: "openbook", Clock: clock.System, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "https") {
		t.Errorf("got %v", err)
	}
}

func TestAnIssuerThatIsAwayIsNotWaitedForForEver(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := Remote(ctx, Config{Issuer: "http://127.0.0.1:1", Audience: "openbook", Clock: clock.System, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("got %v", err)
	}
}

// Strangers' tokens must not become as many questions to the issuer.
func TestAnIssuerIsSpared(t *testing.T) {
	_, key := mustOwn(t, new(watch), slog.New(slog.DiscardHandler))
	var asked atomic.Int64
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"keys":[]}`))
	}))
	defer issuer.Close()
	v, err := Remote(t.Context(), Config{Issuer: "http://127.0.0.1", KeysURL: issuer.URL, Audience: "openbook", Clock: new(watch), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	token := signed(t, "EdDSA", key, claims{"iss": "http://127.0.0.1", "aud": "openbook", "sub": "1", "exp": noon.Add(time.Hour).Unix()})
	for range 100 {
		if _, err := v.Verify(t.Context(), token); err == nil {
			t.Fatal("a stranger came in")
		}
	}
	if n := asked.Load(); n > 6 {
		t.Errorf("the issuer was asked %d times", n)
	}
}

func TestTheKeyIsKeptFromOthers(t *testing.T) {
	dir := t.TempDir()
	var keys [20]string
	var all sync.WaitGroup
	for i := range keys { // several processes may start at once
		all.Go(func() {
			key, err := keyIn(dir)
			if err != nil {
				t.Error(err)
			}
			keys[i] = string(key)
		})
	}
	all.Wait()
	if slices.ContainsFunc(keys[:], func(k string) bool { return k != keys[0] }) {
		t.Error("two keys were made")
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("the folder holds %v, %v", files, err)
	}
	path := filepath.Join(dir, keyFile)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := keyIn(dir); err == nil || !strings.Contains(err.Error(), "delete it") {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, []byte("no key"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := keyIn(dir); err == nil || !strings.Contains(err.Error(), "not a key") {
		t.Errorf("a file that is no key: %v", err)
	}
}

func TestOnlyThisMachineMayReachTheLocalIssuer(t *testing.T) {
	l := open(t, new(watch))
	for address, ok := range map[string]bool{"127.0.0.1:8080": true, "[::1]:8080": true, "0.0.0.0:8080": false, "[::]:8080": false, "192.0.2.1:8080": false} {
		at, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Loopback(at); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 5 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func TestASignInLinkWorksOnce(t *testing.T) {
	w := new(watch)
	l := open(t, w)
	mux := http.NewServeMux()
	l.Routes(mux)
	mux.Handle("GET /me", l.Verifier().Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := From(r.Context())
		if !ok {
			t.Error("nobody is in the context")
		}
		_, _ = w.Write([]byte(p.Ref))
	})))
	server := httptest.NewTLSServer(mux)
	defer server.Close()
	do := func(c *http.Client, method, path string, header ...string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		c.Transport = server.Client().Transport
		answer, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return answer
	}
	link, err := l.Link(SamplePeople[4])
	if err != nil {
		t.Fatal(err)
	}
	owner, stranger := browser(t), browser(t)
	if a := do(stranger, "GET", "/me"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("without signing in: %s", a.Status)
	}
	for _, ahead := range []*http.Response{do(owner, "HEAD", link), do(owner, "GET", link, "Sec-Purpose", "prefetch")} {
		if ahead.StatusCode != http.StatusNoContent || len(ahead.Cookies()) != 0 {
			t.Errorf("a look ahead: %s", ahead.Status)
		}
	}
	in := do(owner, "GET", link)
	if in.StatusCode != http.StatusSeeOther || in.Header.Get("Location") != "/" || len(in.Cookies()) != 1 {
		t.Fatalf("got %s to %q", in.Status, in.Header.Get("Location"))
	}
	if c := in.Cookies()[0]; c.Name != Cookie || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("got %+v", c)
	}
	if a := do(owner, "GET", "/me"); a.StatusCode != http.StatusOK {
		t.Errorf("after signing in: %s", a.Status)
	}
	if a := do(stranger, "GET", link); a.StatusCode != http.StatusGone || len(a.Cookies()) != 0 {
		t.Errorf("a used link: %s", a.Status)
	}
	if a := do(stranger, "GET", "/signin?code=guess"); a.StatusCode != http.StatusGone {
		t.Errorf("a guessed link: %s", a.Status)
	}
	if a := do(owner, "POST", "/signout", "Sec-Fetch-Site", "cross-site"); a.StatusCode != http.StatusForbidden {
		t.Errorf("signed out by another site: %s", a.Status)
	}
	if a := do(owner, "POST", "/signout"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("sign out: %s", a.Status)
	}
	if a := do(owner, "GET", "/me"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("after signing out: %s", a.Status)
	}

	link, err = l.Link(SamplePeople[0])
	if err != nil {
		t.Fatal(err)
	}
	w.forward(codeLife)
	if a := do(stranger, "GET", link); a.StatusCode != http.StatusGone {
		t.Errorf("an old link: %s", a.Status)
	}
	for _, path := range []string{"/signin", "/signout", "/signin.css"} {
		if a := do(stranger, "GET", path); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, a.Status)
		}
	}

	// What `openbook token --link` does.
	if a := do(stranger, "POST", "/signin"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a link for nobody: %s", a.Status)
	}
	token, err := l.Mint(SamplePeople[0], time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if a := do(stranger, "POST", "/signin", "Authorization", "Bearer "+token); a.StatusCode != http.StatusOK {
		t.Errorf("a link for somebody: %s", a.Status)
	}
}

func TestWaitingLinksAreBounded(t *testing.T) {
	w := new(watch)
	l := open(t, w)
	for range maxCodes {
		if _, err := l.Link(SamplePeople[0]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Link(SamplePeople[0]); !errors.Is(err, errCodes) {
		t.Errorf("got %v", err)
	}
	w.forward(codeLife)
	if _, err := l.Link(SamplePeople[0]); err != nil {
		t.Errorf("old links still count: %v", err)
	}
}

func TestOfManyWithOneLinkOneComesIn(t *testing.T) {
	l := open(t, new(watch))
	code, err := l.codes.issue(SamplePeople[0])
	if err != nil {
		t.Fatal(err)
	}
	var in atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, ok := l.codes.use(code); ok {
				in.Add(1)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Errorf("%d came in", in.Load())
	}
}

func TestEveryPageIsShown(t *testing.T) {
	for _, name := range []string{"signin", "gone", "signout", "elsewhere"} {
		w := httptest.NewRecorder()
		show(w, http.StatusOK, name)
		if !strings.Contains(w.Body.String(), "</main>") || !strings.Contains(w.Body.String(), "<title>") {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}
