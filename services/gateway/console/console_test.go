package console

import (
	"compress/gzip"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/services/gateway/identity"
)

func get(t *testing.T, h http.Handler, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func signedIn(p identity.Person) http.Handler {
	return Handler(Options{Identify: func(*http.Request) (identity.Person, error) { return p, nil }, Log: slog.New(slog.DiscardHandler)})
}

func TestWhoeverHasNotSignedInIsSentToDoSo(t *testing.T) {
	h := Handler(Options{Identify: func(*http.Request) (identity.Person, error) { return identity.Person{}, errors.New("expired") }})
	if a := get(t, h, "/"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/signin" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %s to %q", a.Status, a.Header.Get("Location"))
	}
	if a := get(t, h, "/elsewhere"); a.StatusCode != http.StatusNotFound {
		t.Errorf("another page: %s", a.Status)
	}
}

func TestThePageLoadsOnlyWhatIsServed(t *testing.T) {
	h := signedIn(identity.Person{Name: `<script>alert("Robert")</script>`})
	a := get(t, h, "/")
	page := text(t, a.Body)
	if a.StatusCode != http.StatusOK || !strings.Contains(page, "<title>Openbook</title>") {
		t.Fatalf("got %s %s", a.Status, page)
	}
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"} {
		if a.Header.Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Error("the page may run what is written into it")
	}
	if strings.Contains(page, "alert(\"Robert") || regexp.MustCompile(`<script[^>]*>[^<]|<style|style="| on\w+="|https?://`).MatchString(page) {
		t.Errorf("something in the page is its own program, or comes from elsewhere: %s", page)
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(links) != 8 {
		t.Errorf("%d files are loaded", len(links))
	}
	for _, link := range links {
		plain, packed := get(t, h, link[1]), get(t, h, link[1], "Accept-Encoding", "br, gzip")
		if plain.StatusCode != http.StatusOK || packed.StatusCode != http.StatusOK || packed.Header.Get("Content-Encoding") != "gzip" || plain.Header.Get("Content-Encoding") != "" {
			t.Fatalf("%s: %s, %s", link[1], plain.Status, packed.Status)
		}
		if kind := plain.Header.Get("Content-Type"); kind == "" || !strings.Contains(plain.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: type %q, cache %q", link[1], kind, plain.Header.Get("Cache-Control"))
		}
		unpacked, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		body := text(t, plain.Body)
		if body == "" || body != text(t, unpacked) {
			t.Errorf("%s: packed is not what it is plain", link[1])
		}
		if strings.Contains(body, "sourceMappingURL=") {
			t.Errorf("%s asks for a file that is not there", link[1])
		}
		if again := get(t, h, link[1], "If-None-Match", plain.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: %s", link[1], again.Status)
		}
		if refused := get(t, h, link[1], "Accept-Encoding", "gzip;q=0"); refused.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s is packed for whoever cannot unpack it", link[1])
		}
	}
}
