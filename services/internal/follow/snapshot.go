package follow

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/store"
)

// Of a view's snapshots the newest are kept, for a start, and of the others each
// that is a long way from the next, for questions about the past.
const (
	near = 3  // the newest
	long = 5  // strides from one to the next of the others
	far  = 10 // of those, the newest

	piece = 64 << 10              // bytes, the most that is written without a rest
	rests = 3                     // the time that making a piece took, so many times
	rest  = 20 * time.Millisecond // at most
)

// snapshot is how one begins on disk; the state follows. It can be made again, so
// nothing waits for it.
type snapshot struct {
	At store.Mark `json:"at"`
}

func (f *Follower[S]) dir() string {
	return filepath.Join(f.env.Dir, "snapshots", fmt.Sprintf("%s-v%d", f.view.Name, f.view.Version))
}

// freeze writes a snapshot aside while the fold goes on. A state with parked
// entities is not worth keeping: a release that can read them starts before it.
func (f *Follower[S]) freeze(ctx context.Context, s Seen[S]) {
	if s.parked != nil || f.view.Freeze == nil {
		return
	}
	select {
	case f.frozen <- struct{}{}:
	default:
		return // the one before is still being written
	}
	go func() {
		defer func() { <-f.frozen }()
		if err := f.write(s); err != nil {
			f.env.Telemetry.Log.WarnContext(ctx, "snapshot not kept", "view", f.view.Name, "ordinal", s.At.Ordinal, "error", err)
		}
	}()
}

func (f *Follower[S]) write(s Seen[S]) error {
	if err := os.MkdirAll(f.dir(), 0o700); err != nil {
		return err
	}
	name := filepath.Join(f.dir(), fmt.Sprintf("%d.json", s.At.Ordinal))
	file, err := os.OpenFile(name+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(f.writeTo(file, s), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(name+".part", name); err != nil {
		return err
	}
	all, err := f.ordinals()
	if err != nil {
		return err
	}
	for _, old := range f.spare(all) {
		if err := os.Remove(filepath.Join(f.dir(), fmt.Sprintf("%d.json", old))); err != nil {
			return err
		}
	}
	return f.discardOthers()
}

// writeTo writes a [snapshot] and its state.
func (f *Follower[S]) writeTo(file io.Writer, s Seen[S]) error {
	w := bufio.NewWriterSize(&unhurried{file, f.env.Clock, f.env.Clock.Now()}, piece) // which keeps its first error for Flush
	if err := errors.Join(json.NewEncoder(w).Encode(snapshot{s.At}), f.view.Freeze(s.State, w)); err != nil {
		return err
	}
	return w.Flush()
}

// unhurried is a file that rests after each piece for some times as long as it took
// to make. Nobody waits for a snapshot, but those who are answered meanwhile would for
// a processor.
type unhurried struct {
	file  io.Writer
	clock clock.Clock
	since time.Time
}

func (u *unhurried) Write(piece []byte) (int, error) {
	n, err := u.file.Write(piece)
	<-time.After(min(rests*u.clock.Now().Sub(u.since), rest))
	u.since = u.clock.Now()
	return n, err
}

// spare returns those of the snapshots, the newest first, that are not kept.
func (f *Follower[S]) spare(all []events.Ordinal) (spare []events.Ordinal) {
	kept := 0
	for i, n := range all {
		switch {
		case i < near:
		case n%(long*f.every) == 0 && kept < far:
			kept++
		default:
			spare = append(spare, n)
		}
	}
	return spare
}

// discardOthers removes the snapshots of other versions of the view.
func (f *Follower[S]) discardOthers() error {
	all, err := filepath.Glob(filepath.Join(f.env.Dir, "snapshots", f.view.Name+"-v*"))
	for _, dir := range all {
		if dir != f.dir() {
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
		}
	}
	return err
}

// ordinals returns those that there are snapshots of, the newest first.
func (f *Follower[S]) ordinals() (all []events.Ordinal, err error) {
	files, err := os.ReadDir(f.dir())
	if os.IsNotExist(err) {
		return nil, nil
	}
	for _, file := range files {
		if n, err := strconv.ParseUint(strings.TrimSuffix(file.Name(), ".json"), 10, 64); err == nil {
			all = append(all, events.Ordinal(n))
		}
	}
	slices.SortFunc(all, func(a, b events.Ordinal) int { return cmp.Compare(b, a) })
	return all, err
}

// snapshots yields the states on disk that are newer than after and no newer
// than upto, the newest first. One that cannot be read is passed over and
// logged.
func (f *Follower[S]) snapshots(ctx context.Context, after, upto events.Ordinal) iter.Seq[Seen[S]] {
	return func(yield func(Seen[S]) bool) {
		if f.view.Thaw == nil {
			return
		}
		all, err := f.ordinals()
		if err != nil {
			f.env.Telemetry.Log.WarnContext(ctx, "snapshots not read", "view", f.view.Name, "error", err)
		}
		for _, n := range all {
			if n <= after || n > upto {
				continue
			}
			s, err := f.thaw(n)
			if err != nil {
				f.env.Telemetry.Log.WarnContext(ctx, "snapshot passed over", "view", f.view.Name, "ordinal", n, "error", err)
				continue
			}
			if !yield(s) {
				return
			}
		}
	}
}

func (f *Follower[S]) thaw(n events.Ordinal) (s Seen[S], err error) {
	file, err := os.Open(filepath.Join(f.dir(), fmt.Sprintf("%d.json", n)))
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var kept snapshot
	first := json.NewDecoder(file)
	if err := first.Decode(&kept); err != nil {
		return s, err
	}
	s.At = kept.At
	s.State, err = f.view.Thaw(bufio.NewReaderSize(io.MultiReader(first.Buffered(), file), piece))
	return s, err
}
