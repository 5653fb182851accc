// Package console is the page where a person tries the API: GraphiQL behind
// sign-in, with everything it needs in the binary.
package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/ics-openbook/openbook/services/gateway/identity"
)

//go:embed assets/*.gz console.js console.css icon.svg index.html
var files embed.FS

var index = template.Must(template.ParseFS(files, "index.html"))

// policy lets the page load and reach nothing but its own server. GraphiQL's
// fonts, and the pictures in its style sheet, are data inside it. The hash is of
// the one style element its dialogs add, to keep the page from scrolling.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='; " +
	"img-src 'self' data:; font-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Options are what the console needs to know.
type Options struct {
	Identify func(*http.Request) (identity.Person, error) // who sent a request, or an error
	SignIn   string                                       // where whoever has not signed in is sent; empty for /signin
	Endpoint string                                       // of the API; empty for /graphql
	Log      *slog.Logger
}

// Handler serves the console at /, and what it is made of below /console/.
func Handler(o Options) http.Handler {
	if o.SignIn == "" {
		o.SignIn = "/signin"
	}
	if o.Endpoint == "" {
		o.Endpoint = "/graphql"
	}
	assets, version, err := load()
	if err != nil {
		panic(err) // the binary was built wrongly: every start says so, and every test
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		harden(w, r)
		w.Header().Set("Cache-Control", "no-store")
		person, err := o.Identify(r)
		if err != nil {
			http.Redirect(w, r, o.SignIn, http.StatusSeeOther)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		err = index.Execute(w, map[string]any{"Person": person, "Endpoint": o.Endpoint, "SignIn": o.SignIn, "Assets": "/console/" + version + "/"})
		if err != nil {
			o.Log.InfoContext(r.Context(), "the console was not delivered", "error", err)
		}
	})
	for name, a := range assets {
		mux.Handle("GET /console/"+version+"/"+name, a)
	}
	return mux
}

func harden(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// asset is one file, packed ahead of time.
type asset struct {
	kind   string
	etag   string
	packed []byte // by gzip
}

func (a asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	harden(w, r)
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable") // its address has the hash of all of them
	h.Set("ETag", a.etag)
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), a.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", a.kind)
	if takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(a.packed)))
		_, _ = w.Write(a.packed) // a client that is gone misses nothing
		return
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(a.packed))
	if err != nil {
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, unpacked) // as above: it was unpacked once before, in load
}

func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" && strings.ReplaceAll(weight, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

// load reads what the console is made of, and names the whole by its hash.
func load() (assets map[string]asset, version string, err error) {
	assets = make(map[string]asset)
	all := sha256.New()
	add := func(name string, plain, packed []byte) {
		sum := sha256.Sum256(plain)
		all.Write(sum[:])
		assets[name] = asset{mime.TypeByExtension(path.Ext(name)), `"` + hex.EncodeToString(sum[:12]) + `"`, packed}
	}
	for _, name := range []string{"console.js", "console.css", "icon.svg"} {
		plain, err := files.ReadFile(name)
		if err != nil {
			return nil, "", err
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(plain); err != nil {
			return nil, "", err
		}
		if err := z.Close(); err != nil {
			return nil, "", err
		}
		add(name, plain, packed.Bytes())
	}
	list, err := files.ReadDir("assets")
	if err != nil {
		return nil, "", err
	}
	for _, f := range list {
		packed, err := files.ReadFile("assets/" + f.Name())
		if err != nil {
			return nil, "", err
		}
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", f.Name(), err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", f.Name(), err)
		}
		add(strings.TrimSuffix(f.Name(), ".gz"), plain, packed)
	}
	return assets, hex.EncodeToString(all.Sum(nil)[:8]), nil
}
