package transport

import (
	"mime"
	"strconv"
	"strings"
)

// What answers may be.
const (
	plainJSON   = "application/json"
	graphqlJSON = "application/graphql-response+json"
	eventStream = "text/event-stream"
)

// Of two that a client likes as well, it has the first. It has plain JSON if it
// takes anything, as those do who have not heard of the newer type.
var (
	every  = []string{graphqlJSON, plainJSON, eventStream}
	asJSON = every[:2]
)

// ranges is what a client accepts, by media range, and how well it likes each:
// from 0, not at all, to 1.
type ranges map[string]float64

// accepted reads the headers `Accept`. Whoever sends none takes anything.
func accepted(headers []string) ranges {
	r := ranges{}
	for part := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue // another one may be understood
		}
		if set := params["charset"]; set != "" && !strings.EqualFold(set, "utf-8") {
			continue
		}
		q := 1.0
		if said, is := params["q"]; is {
			if q, err = strconv.ParseFloat(said, 64); err != nil || !(q >= 0 && q <= 1) {
				continue
			}
		}
		r[kind] = max(r[kind], q)
	}
	if strings.TrimSpace(strings.Join(headers, "")) == "" {
		r["*/*"] = 1
	}
	return r
}

// best is which of the media types on offer the client likes best, or none.
func (r ranges) best(offers ...string) (best string) {
	var most float64
	var byName bool
	for _, offer := range offers {
		q, named := r[offer]
		if !named {
			family, _, _ := strings.Cut(offer, "/")
			var is bool
			if q, is = r[family+"/*"]; !is {
				q = r["*/*"]
			}
		}
		switch {
		case q == 0 || q < most:
		case q > most, named && !byName, !named && !byName && offer == plainJSON:
			best, most, byName = offer, q, named
		}
	}
	return best
}
