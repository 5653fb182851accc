package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/documents"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/platform"
)

// national are the files of all of England, as they lie in the folder that
// Options.Files names, in the order to import them.
var national = []struct {
	kind  fact.Kind
	files []string
}{
	{fact.EPCN, []string{"ods_epcn_2023-01/ePCN.xlsx"}},
	{fact.EPCN, []string{"ods_epcn_2025-01/ePCN.xlsx"}},
	{fact.Registrations, []string{"registrations_2026-07/gp-reg-pat-prac-map.csv", "registrations_2026-07/gp-reg-pat-prac-quin-age.zip"}},
	{fact.Populations, []string{"populations_2025-26/pcn_adjusted_populations_2025-26.csv"}},
	{fact.Deprivation, []string{"deprivation/fingertips-imd-2025-gp-practice.csv"}},
}

// questions is how often the registry is asked for, one after another.
const questions = 200

// registry puts all of England into the book, starts again with it, and asks for
// all networks at once.
func registry(ctx context.Context, o Options) (figures []Figure, err error) {
	h, err := openHouse(ctx, o, 0)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.close()) }() // whichever it is then
	c, err := client.New(h.URL, client.Token(h.token))
	if err != nil {
		return nil, err
	}
	forget()
	began, cpu, reports := clock.System.Now(), used(), 0
	for _, n := range national {
		paths := make([]string, len(n.files))
		for i, name := range n.files {
			paths[i] = filepath.Join(o.Files, name)
		}
		out, err := platform.Import(ctx, c, platform.Importing{Kind: n.kind}, paths...)
		if err != nil {
			return nil, err
		}
		reports += out.Reports
	}
	took := clock.System.Now().Sub(began)
	imported := Figure{
		Name: "import", What: "all national files put into an empty book", Of: "reports", Count: reports,
		Rate: float64(reports) / took.Seconds(), Note: fmt.Sprintf("%.1f s in all; at most %d MB resident, the importer included", took.Seconds(), peak()>>20),
	}
	imported.each(used() - cpu)
	figures = append(figures, imported)

	if err := h.close(); err != nil {
		return nil, err
	}
	recorded := clock.System.Now()
	again, err := start(ctx, o)
	if err != nil {
		return nil, err
	}
	h = again
	up := clock.System.Now().Sub(recorded)
	figures = append(figures, Figure{
		Name: "start", What: "the platform started with all of England in the book", Of: "starts", Count: 1,
		Rate: 1 / up.Seconds(), P50: float64(up.Milliseconds()),
	})

	day := events.DateOf(began)
	now, err := h.asks("registry", "all 1,298 networks with 12 fields each and their practices, over HTTP, one after another, each of another day and so made anew", func() map[string]any {
		day = day.AddDays(-1)
		return map[string]any{"on": day}
	})
	if err != nil {
		return nil, err
	}
	kept, err := h.asks("registry-kept", "the same of one day, again and again", nil)
	if err != nil {
		return nil, err
	}
	past, err := h.asks("registry-as-at", "the same, as the book said at a random moment of the import", func() map[string]any {
		return map[string]any{"asAt": began.Add(time.Duration(rand.Float64() * float64(took))).UTC().Format(time.RFC3339Nano)}
	})
	return append(figures, now, kept, past), err
}

// asks sends the trusted document of the registry again and again.
func (h *house) asks(name, what string, variables func() map[string]any) (Figure, error) {
	document := ""
	for _, d := range documents.Shipped() {
		if strings.Contains(d.Text, "query Registry") {
			document = d.Text
		}
	}
	var took []time.Duration
	var size int
	start, cpu := clock.System.Now(), used()
	for n := range questions + 5 {
		if n == 5 { // what came before was to warm up
			took, start, cpu = nil, clock.System.Now(), used()
		}
		vars := map[string]any{}
		if variables != nil {
			vars = variables()
		}
		vars["filter"] = map[string]any{"minPractices": 1}
		one := clock.System.Now()
		answer, err := h.post(document, vars)
		if err != nil {
			return Figure{}, err
		}
		took = append(took, clock.System.Now().Sub(one))
		size = len(answer)
	}
	elapsed := clock.System.Now().Sub(start)
	f := figure(took, elapsed, "answers")
	f.Name, f.What, f.Note = name, what, fmt.Sprintf("the last answer has %d kB", size>>10)
	f.each(used() - cpu)
	return f, nil
}

// post sends a document and returns what is answered, if that is data alone.
func (h *house) post(document string, variables map[string]any) ([]byte, error) {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodPost, h.URL+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+h.token)
	resp, err := h.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // it has been read whole
	answer, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || bytes.Contains(answer, []byte(`"errors":[`))) {
		err = fmt.Errorf("%s: %.500s", resp.Status, answer)
	}
	return answer, err
}

// forget gives memory back that measurements before have left, and begins the
// count of [peak] anew.
func forget() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // where there is none, peak says 0
}

// peak is how many bytes this process has held at most, by the kernel's count.
func peak() (bytes int64) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if n, err := fmt.Sscanf(line, "VmHWM: %d kB", &bytes); n == 1 && err == nil {
			return bytes << 10
		}
	}
	return 0
}
