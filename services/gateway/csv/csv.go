// Package csv answers lists as tables: for a spreadsheet, or a program that does
// not speak GraphQL. They are the same lists, from the same view, under the same
// rules; they come as a stream, whole.
package csv

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// slowest is how long a client may take for each part of an answer.
const slowest = 15 * time.Second

// Handler answers `GET /csv/{list}` for who has signed in. fault logs what is
// no refusal, and returns what others see of it.
func Handler(r *graph.Resolver, fault func(context.Context, error) *refuse.Refusal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		t, err := ask(r, req)
		if err != nil {
			no, is := refuse.From(err)
			if !is {
				no = fault(req.Context(), err)
			}
			refused(w, no)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
		h.Set("Content-Disposition", `attachment; filename="openbook-`+t.name+`-`+t.on.String()+`.csv"`)
		h.Set("Cache-Control", "private, no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set(graph.AsOfHeader, t.position.String())
		if req.Method == http.MethodHead {
			return
		}
		t.write(req.Context(), &paced{w, http.NewResponseController(w)})
	})
}

// write writes the table by RFC 4180. A client that goes away misses the rest;
// one that is too slow is taken for gone.
func (t *table) write(ctx context.Context, to *paced) {
	w := csv.NewWriter(to)
	w.UseCRLF = true
	defer w.Flush()
	if w.Write(t.columns) != nil {
		return
	}
	cells := make([]string, len(t.columns))
	for row := range t.rows {
		for i, cell := range row {
			cells[i] = inert(cell)
		}
		if ctx.Err() != nil || w.Write(cells) != nil {
			return
		}
	}
}

// inert is a cell that no spreadsheet takes for a formula.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// paced gives each part of a stream its own deadline.
type paced struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (p *paced) Write(b []byte) (int, error) {
	if err := p.control.SetWriteDeadline(time.Now().Add(slowest)); err != nil { //nolint:forbidigo // the connection's own clock
		return 0, err
	}
	return p.w.Write(b)
}

var statuses = map[refuse.Kind]int{
	refuse.Invalid: http.StatusBadRequest, refuse.NotFound: http.StatusNotFound, refuse.Conflict: http.StatusConflict,
	refuse.Forbidden: http.StatusForbidden, refuse.Busy: http.StatusServiceUnavailable, refuse.Broken: http.StatusInternalServerError,
}

// refused says no in the form that GraphQL says it.
func refused(w http.ResponseWriter, no *refuse.Refusal) {
	type failure struct {
		Message    string            `json:"message"`
		Extensions map[string]string `json:"extensions"`
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(statuses[no.Kind])
	_ = json.NewEncoder(w).Encode(map[string][]failure{ // a client that is gone misses nothing
		"errors": {{Message: no.Message, Extensions: map[string]string{"code": no.Code}}},
	})
}
