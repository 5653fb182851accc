package importing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// due is what the lines of one account come to.
type due struct {
	lines  int
	amount events.GBP
	first  request
}

// rehearse asks of every line whether it would be recorded, and then whether
// those of each account would be together.
func (im *importer) rehearse(ctx context.Context) error {
	accounts := map[account]*due{}
	err := im.each(ctx, Rehearsing, func(l line, told client.Reported) error {
		if len(told.Proposed) == 0 {
			im.out.Already++
			im.skip.set(l.n)
			return nil
		}
		im.out.Recorded++
		im.out.Amount += l.amount
		d := accounts[l.account]
		if d == nil {
			d = &due{first: l.request}
			accounts[l.account] = d
		}
		d.lines++
		d.amount += l.amount
		return nil
	})
	if err != nil {
		return err
	}
	for _, a := range slices.SortedFunc(maps.Keys(accounts), func(a, b account) int { return strings.Compare(a.String(), b.String()) }) {
		if d := accounts[a]; d.lines > 1 {
			if err := im.together(ctx, a, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// together asks whether an account has enough for all of its lines. Where only
// the good lines are asked for it is told, and the first of them are recorded.
func (im *importer) together(ctx context.Context, a account, d *due) error {
	_, err := d.first.all(d.amount).send(ctx, im.client, true)
	refused, err := refusal(err)
	if refused == nil {
		return err
	}
	message := fmt.Sprintf("The %d lines of %s come to £%s together. %s", d.lines, a, d.amount, refused.Error())
	switch {
	case !im.GoodLines:
		im.note(&sheet.Problem{File: im.file.Name(), Message: message})
	case im.Kind == Payments:
		im.out.Notes = append(im.out.Notes, message+" All will be requested, and not all can be approved.")
	default:
		im.out.Notes = append(im.out.Notes, message+" Those will be recorded that there is enough for.")
	}
	return nil
}

// record asks for every line that is left. Without good lines alone asked for,
// the first that is refused ends it: the ledger is another than it was rehearsed
// on.
func (im *importer) record(ctx context.Context) error {
	err := im.each(ctx, Recording, func(l line, told client.Reported) error {
		if told.Receipt == nil || told.Receipt.Entries == 0 {
			im.out.Already++
			return nil
		}
		im.out.Recorded++
		im.out.Amount += l.amount
		return nil
	})
	if im.out.Recorded > 0 && err == nil {
		// What has been recorded is to be seen by whoever asks next; that it is not
		// seen yet takes nothing from it.
		_, _ = im.client.Status(ctx)
	}
	return err
}

// answered is what came of a line.
type answered struct {
	told client.Reported
	err  error
}

// each sends the lines that are not to be skipped, a window after another, and
// tells of each what came of it, in the file's order.
func (im *importer) each(ctx context.Context, step Step, tell func(line, client.Reported) error) error {
	var waiting []line
	err := im.lines(func(n int, r sheet.Row, wrong error) error {
		im.progress(step, n)
		if wrong != nil || im.skip.has(n) {
			return nil
		}
		l, problems, err := im.line(ctx, r)
		if err != nil {
			return err
		}
		if len(problems) > 0 { // the first reading found none
			return problems[0]
		}
		l.n = n
		if waiting = append(waiting, l); len(waiting) < window {
			return nil
		}
		all := waiting
		waiting = waiting[:0]
		return im.send(ctx, step, all, tell)
	})
	if err != nil {
		return err
	}
	return im.send(ctx, step, waiting, tell)
}

func (im *importer) send(ctx context.Context, step Step, all []line, tell func(line, client.Reported) error) error {
	work := errgroup.Group{}
	work.SetLimit(atOnce)
	if step == Recording && im.GoodLines {
		work.SetLimit(1) // where money runs out, the order of the file decides which lines are good
	}
	answers := make([]answered, len(all))
	for i, l := range all {
		work.Go(func() error {
			told, err := l.send(ctx, im.client, step == Rehearsing)
			answers[i] = answered{told, err}
			return nil
		})
	}
	_ = work.Wait() // each has its own
	refused := 0
	var failed error
	for i, l := range all {
		no, err := refusal(answers[i].err)
		switch {
		case err != nil:
			failed = cmp.Or(failed, err)
		case no != nil:
			refused++
			if err := im.wrong(l.n, im.refused(l, no)...); err != nil {
				return err
			}
		default:
			if err := tell(l, answers[i].told); err != nil {
				return err
			}
		}
	}
	if failed == nil && refused > 0 && step == Recording && !im.GoodLines {
		return fmt.Errorf("%w: the ledger has changed since they were rehearsed", ErrWrong)
	}
	return failed
}

// refused are a platform's reasons, each where it is in the file.
func (im *importer) refused(l line, no *client.Problems) (all []error) {
	for _, reason := range no.Reasons {
		all = append(all, im.problem(l.number, reason.Path, reason.Message))
	}
	return all
}

// refusal is err as the platform's answer to one line, or as a failure of the
// whole.
func refusal(err error) (*client.Problems, error) {
	var no *client.Problems
	if !errors.As(err, &no) || no.Temporary() || no.Has("FAULT") || no.Has("UNAUTHENTICATED") {
		return nil, err
	}
	return no, nil
}
