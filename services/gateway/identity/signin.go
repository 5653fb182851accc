package identity

import (
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"time"
)

// session is how long a browser stays signed in.
const session = 12 * time.Hour

//go:embed pages.html signin.css
var pages embed.FS

var page = template.Must(template.ParseFS(pages, "pages.html"))

// Link returns the path of a page that signs p in, once, within ten minutes.
func (l *Local) Link(p Person) (string, error) {
	code, err := l.codes.issue(p)
	if err != nil {
		return "", err
	}
	return "/signin?" + url.Values{"code": {code}}.Encode(), nil
}

// Elsewhere adds to mux a page that says where to sign in when it is not here.
func Elsewhere(mux *http.ServeMux) {
	mux.HandleFunc("GET /signin", func(w http.ResponseWriter, _ *http.Request) { show(w, http.StatusOK, "elsewhere") })
	mux.HandleFunc("GET /signin.css", style)
}

func style(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, pages, "signin.css")
}

// Routes adds /signin and /signout to mux.
func (l *Local) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /signin", l.signIn)
	mux.HandleFunc("GET /signin.css", style)
	mux.HandleFunc("POST /signin", l.newLink)
	mux.HandleFunc("GET /signout", func(w http.ResponseWriter, _ *http.Request) { show(w, http.StatusOK, "signout") })
	mux.Handle("POST /signout", new(http.CrossOriginProtection).Handler(http.HandlerFunc(signOut)))
}

func (l *Local) signIn(w http.ResponseWriter, r *http.Request) {
	code := r.URL.Query().Get("code")
	switch {
	case code == "":
		show(w, http.StatusOK, "signin")
		return
	case r.Method == http.MethodHead || r.Header.Get("Sec-Purpose") != "":
		// A look ahead at the link, which must not use it up.
		w.WriteHeader(http.StatusNoContent)
		return
	}
	person, ok := l.codes.use(code)
	if !ok {
		show(w, http.StatusGone, "gone")
		return
	}
	life := session
	if !person.Expires.IsZero() { // a link does not outlast the token it was made with
		life = min(life, person.Expires.Sub(l.clock.Now()))
	}
	token, err := l.Mint(person, life)
	if err != nil {
		l.log.ErrorContext(r.Context(), "no token could be minted", "error", err)
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	setCookie(w, r, token, life)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// newLink gives the bearer of a token a link that signs the same person in with
// a browser: so `openbook token --link` works beside a running platform.
func (l *Local) newLink(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	token, err := bearer(r)
	if err == nil && token == "" {
		err = ErrNobody
	}
	var person Person
	if err == nil {
		person, err = l.verifier.Verify(r.Context(), token)
	}
	if err != nil {
		l.verifier.refuse(w, r, err)
		return
	}
	link, err := l.Link(person)
	if err != nil {
		http.Error(w, "Too many sign-in links are waiting to be used. Use one, or wait ten minutes.", http.StatusTooManyRequests)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err := json.NewEncoder(w).Encode(map[string]string{"link": link}); err != nil {
		l.log.WarnContext(r.Context(), "a sign-in link was not delivered", "error", err)
	}
}

func signOut(w http.ResponseWriter, r *http.Request) {
	setCookie(w, r, "", -time.Second)
	http.Redirect(w, r, "/signin", http.StatusSeeOther)
}

func setCookie(w http.ResponseWriter, r *http.Request, value string, life time.Duration) {
	w.Header().Set("Cache-Control", "no-store")
	http.SetCookie(w, &http.Cookie{
		Name: Cookie, Value: value, Path: "/", MaxAge: int(life / time.Second),
		HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode,
	})
}

// show shows a page that carries nothing from elsewhere and leads nowhere else.
func show(w http.ResponseWriter, status int, name string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = page.ExecuteTemplate(w, name, nil) // fails only towards a client that is gone: a test shows each page
}
