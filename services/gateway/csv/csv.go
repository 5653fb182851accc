// Package csv answers lists as tables: for a spreadsheet, or a program that does
// not speak GraphQL. They are the same lists, from the same view, under the same
// rules; they come as a stream, whole.
package csv

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// slowest is how long a client may take for each part of an answer.
const slowest = 15 * time.Second

// Options are what tables need to know beside the graph.
type Options struct {
	// Charge takes what a table costs from who asks, or refuses it and says in how
	// many seconds to come again.
	Charge func(ctx context.Context, cost int) (wait int, err error)
	// Fault logs what is no refusal, and returns what others see of it.
	Fault func(context.Context, error) *refuse.Refusal
}

// Handler answers `GET /csv/{list}` for who has signed in.
func Handler(r *graph.Resolver, o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		wait := 1 // seconds, before what cannot be had now is asked for again
		t, err := ask(r, req, func(cost int) (err error) {
			wait, err = o.Charge(req.Context(), cost)
			return err
		})
		if err != nil {
			no, is := refuse.From(err)
			if !is {
				no = o.Fault(req.Context(), err)
			}
			refused(w, no, wait)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
		h.Set("Content-Disposition", `attachment; filename="openbook-`+t.name+`-`+t.of+`.csv"`)
		if t.version != "" {
			h.Set(ColumnsHeader, t.version)
		}
		h.Set("Cache-Control", "private, no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set(graph.AsOfHeader, t.position.String())
		if req.Method == http.MethodHead {
			return
		}
		t.write(req.Context(), &paced{w, http.NewResponseController(w)})
	})
}

// ColumnsHeader says which version of a table's columns an answer has, of those
// tables whose columns have one.
const ColumnsHeader = "Openbook-Columns"

// write writes the table by RFC 4180. A client that goes away misses the rest;
// one that is too slow is taken for gone. What is not whole breaks off, and does
// not end: nobody shall take it for all there is.
func (t *table) write(ctx context.Context, to *paced) {
	w := csv.NewWriter(to)
	w.UseCRLF = true
	if w.Write(t.columns) != nil {
		panic(http.ErrAbortHandler)
	}
	cells := make([]string, len(t.columns))
	for row := range t.rows.all {
		for i, cell := range row {
			if cells[i] = cell; !slices.Contains(t.amounts, t.columns[i]) {
				cells[i] = inert(cell)
			}
		}
		if ctx.Err() != nil || w.Write(cells) != nil {
			panic(http.ErrAbortHandler)
		}
	}
	if w.Flush(); w.Error() != nil {
		panic(http.ErrAbortHandler)
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
func refused(w http.ResponseWriter, no *refuse.Refusal, wait int) {
	type failure struct {
		Message    string            `json:"message"`
		Extensions map[string]string `json:"extensions"`
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	status := statuses[no.Kind]
	if no.Code == limit.ErrRate.Code {
		status = http.StatusTooManyRequests
	}
	if no.Kind == refuse.Busy {
		h.Set("Retry-After", strconv.Itoa(max(1, wait)))
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string][]failure{ // a client that is gone misses nothing
		"errors": {{Message: no.Message, Extensions: map[string]string{"code": no.Code}}},
	})
}
