package documents

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"

	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/internal/telemetry"
)

// poll is how often a folder is read again. Folders of configuration are often
// swapped by a link to another, which notices of changes miss.
const poll = 5 * time.Second

// Trusted are the documents that the gateway trusts at the moment.
type Trusted struct {
	dir    string
	log    *slog.Logger
	folder atomic.Pointer[Set]
	wrong  atomic.Int64 // problems of the folder as it was read last
	seen   [sha256.Size]byte
}

// Open returns the shipped documents together with those of a folder, if dir is
// not empty. A folder with a wrong document is an error, which names the place
// of each mistake: nothing may start from what it was not meant to.
func Open(dir string, t telemetry.Telemetry) (*Trusted, error) {
	d := &Trusted{dir: dir, log: t.Log}
	d.folder.Store(&Set{})
	if err := d.Reload(); err != nil {
		return nil, fmt.Errorf("the documents of --documents %s:\n%w", dir, err)
	}
	return d, d.measure(t.Metrics)
}

// ByHash returns a trusted document.
func (d *Trusted) ByHash(h limit.Hash) (*limit.Document, bool) {
	if found, is := Shipped()[h]; is {
		return found, true
	}
	found, is := (*d.folder.Load())[h]
	return found, is
}

// Run reads the folder again and again until ctx is done.
func (d *Trusted) Run(ctx context.Context) error {
	if d.dir == "" {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := d.Reload(); err != nil {
				d.log.WarnContext(ctx, "the trusted documents are still those from before: their folder has mistakes", "folder", d.dir, "mistakes", err.Error())
			}
		}
	}
}

// Reload reads the folder, and trusts what it holds if all of that is right;
// else what it held before stays trusted. It tells of the same mistakes once.
func (d *Trusted) Reload() error {
	if d.dir == "" {
		return nil
	}
	files, problems := read(os.DirFS(d.dir))
	seen := sha256.New()
	for _, f := range files {
		fmt.Fprintf(seen, "%d %s%d %s", len(f.name), f.name, len(f.text), f.text)
	}
	for _, p := range problems {
		fmt.Fprintf(seen, "%q", p.Error())
	}
	if now := [sha256.Size]byte(seen.Sum(nil)); now == d.seen {
		return nil
	} else {
		d.seen = now
	}
	set, _, more := load(files)
	problems = append(problems, more...)
	d.wrong.Store(int64(len(problems)))
	if len(problems) > 0 {
		return joined(problems)
	}
	d.folder.Store(&set)
	d.log.Info("trusted documents", "folder", d.dir, "documents", len(set))
	return nil
}

// mostTold is how many mistakes are told of at once.
const mostTold = 20

func joined(problems []Problem) error {
	var errs []error
	for i, p := range problems {
		if i == mostTold {
			errs = append(errs, fmt.Errorf("and %d more", len(problems)-i))
			break
		}
		errs = append(errs, p)
	}
	return errors.Join(errs...)
}

func (d *Trusted) measure(provider metric.MeterProvider) error {
	meter := provider.Meter("openbook/gateway")
	trusted, err1 := meter.Int64ObservableGauge("openbook.gateway.documents", metric.WithUnit("{document}"),
		metric.WithDescription("Documents that are trusted."))
	wrong, err2 := meter.Int64ObservableGauge("openbook.gateway.documents.wrong", metric.WithUnit("{mistake}"),
		metric.WithDescription("Mistakes in the folder of documents as it is now; while there are any, those from before stay trusted."))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	_, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveInt64(trusted, int64(len(Shipped())+len(*d.folder.Load())))
		o.ObserveInt64(wrong, d.wrong.Load())
		return nil
	}, trusted, wrong)
	return err
}

// Report is what there is to say of a folder of documents.
type Report struct {
	Documents []Row     `json:"documents"`
	Problems  []Problem `json:"problems"`
}

// Check reports on a folder, as the gateway would read it.
func Check(dir string) Report {
	files, problems := read(os.DirFS(dir))
	_, rows, more := load(files)
	return report(rows, append(problems, more...))
}

// Shipping reports on the documents of the build.
func Shipping() Report {
	files, problems := read(ships())
	_, rows, more := load(files)
	return report(rows, append(problems, more...))
}

// report has lists that are empty, where a program would otherwise find null.
func report(rows []Row, problems []Problem) Report {
	return Report{append([]Row{}, rows...), append([]Problem{}, problems...)}
}
