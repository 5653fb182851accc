package transport

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ics-openbook/openbook/api/ask"
)

// The parameters of a request, in its body or in its address.
const (
	query         = "query"
	operationName = "operationName"
	variables     = "variables"
	extensions    = "extensions"
)

// read takes a request in, or refuses it.
func (t Transport) read(w http.ResponseWriter, r *http.Request, accepts ranges) (*graphql.RawParams, error) {
	began := graphql.Now()
	var given map[string]any
	var err error
	switch {
	// Other protocols may be asked for in vain; who asks for this one cannot go on.
	case strings.Contains(strings.ToLower(strings.Join(r.Header.Values("Upgrade"), ",")), "websocket"):
		return nil, errWebSocket
	case !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, r.Method):
		w.Header().Set("Allow", methods)
		return nil, errMethod
	case accepts.best(every...) == "":
		return nil, errNotAcceptable
	case r.Method == http.MethodPost:
		given, err = t.posted(w, r)
	default:
		given, err = addressed(r.URL)
	}
	if err != nil {
		return nil, err
	}
	params, err := parameters(given)
	if err != nil {
		return nil, err
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: began, End: graphql.Now()}
	return params, nil
}

// posted is what the body of a POST says.
func (t Transport) posted(w http.ResponseWriter, r *http.Request) (map[string]any, error) {
	if err := understood(r.Header); err != nil {
		w.Header().Set("Accept-Post", plainJSON)
		return nil, err
	}
	body, err := t.body(w, r)
	if err != nil {
		return nil, err
	}
	return object("The body", body)
}

// understood refuses what is not JSON in UTF-8.
func understood(h http.Header) error {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	charset, coding := params["charset"], h.Get("Content-Encoding")
	switch {
	case err != nil || kind != plainJSON || len(h.Values("Content-Type")) > 1:
		return errMediaType.About("", fmt.Sprintf("%q", ask.Clip(strings.Join(h.Values("Content-Type"), ", "))))
	case charset != "" && !strings.EqualFold(charset, "utf-8"):
		return errMediaType.About("", "the charset "+ask.Clip(charset))
	case coding != "" && !strings.EqualFold(coding, "identity"):
		return errMediaType.About("", "the coding "+ask.Clip(coding))
	}
	return nil
}

func (t Transport) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var body []byte
	var err error = &http.MaxBytesError{}
	if r.ContentLength <= t.MostBody {
		body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, t.MostBody))
	}
	if err == nil {
		return body, nil
	}
	w.Header().Set("Connection", "close") // rather than wait for the rest
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, errBody.About("", t.MostBody)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errSlow
	}
	return nil, errRequest.About("", "The body ended before it was whole")
}

// addressed is what the address of a GET says.
func addressed(u *url.URL) (map[string]any, error) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errRequest.About("", "The address is not encoded as it must be")
	}
	given := map[string]any{}
	for _, name := range []string{query, operationName, DocumentID, variables, extensions} {
		said, is := values[name]
		switch {
		case len(said) > 1:
			return nil, errRequest.About(name, fmt.Sprintf("`%s` is in the address %d times", name, len(said)))
		case !is:
		case name == variables || name == extensions:
			if given[name], err = value("`"+name+"`", []byte(said[0])); err != nil {
				return nil, err
			}
		default:
			given[name] = said[0]
		}
	}
	return given, nil
}

// parameters are those of a request as gqlgen has them. One that is null is as
// one that is not there, and others than these are nobody's.
func parameters(given map[string]any) (*graphql.RawParams, error) {
	p := &graphql.RawParams{}
	var id string
	for name, into := range map[string]*string{query: &p.Query, operationName: &p.OperationName, DocumentID: &id} {
		var is bool
		if *into, is = given[name].(string); !is && given[name] != nil {
			return nil, errRequest.About(name, fmt.Sprintf("`%s` must be text", name))
		}
	}
	for name, into := range map[string]*map[string]any{variables: &p.Variables, extensions: &p.Extensions} {
		var is bool
		if *into, is = given[name].(map[string]any); !is && given[name] != nil {
			return nil, errRequest.About(name, fmt.Sprintf("`%s` must be a JSON object", name))
		}
	}
	if id != "" {
		if p.Extensions == nil {
			p.Extensions = map[string]any{}
		}
		p.Extensions[DocumentID] = id
	}
	if p.Query == "" && p.Extensions[DocumentID] == nil && p.Extensions["persistedQuery"] == nil {
		return nil, errRequest.About(query, "`query` is missing: the text of a GraphQL document")
	}
	return p, nil
}
