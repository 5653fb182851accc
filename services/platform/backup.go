package platform

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/services/book/sqlite"
)

// Backup writes the book of a data folder, which may be in use, into a new folder,
// with its newest checkpoint and its public keys, and verifies what it wrote. The
// private keys and the keys of sealed values are not in it: they are backed up
// apart. The folder appears once it is whole.
func Backup(ctx context.Context, c Config, to string, progress func(done, total uint64)) (r proof.Reading, err error) {
	if err := hasBook(c); err != nil {
		return r, err
	}
	if exists(to) {
		return r, fmt.Errorf("%s is there already, and a backup is never overwritten: name another folder: %w", to, fs.ErrExist)
	}
	made := filepath.Clean(to) + ".unfinished"
	if err := errors.Join(os.RemoveAll(made), os.MkdirAll(made, 0o700)); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(made)) }()
	for _, name := range []string{checkpointFile, publicFile} { // first: the book has grown by no less than they say
		if err := copyFile(filepath.Join(c.Data, name), filepath.Join(made, name)); err != nil {
			return r, fmt.Errorf("a book that has never been started by this release has nothing to be verified by: start it once: %w", err)
		}
	}
	if err := sqlite.Backup(ctx, bookFile(c), filepath.Join(made, "book.db")); err != nil {
		return r, err
	}
	if r, err = Verify(ctx, made, proof.Keys{}, nil, progress); err != nil {
		return r, fmt.Errorf("the backup was not kept: %w", err)
	}
	return r, errors.Join(os.Rename(made, to), syncFolder(filepath.Dir(to)))
}

// ErrAhead means that a data folder remembers a checkpoint of more than a backup
// has: what came after the backup is lost, and somebody may hold proofs of it.
var ErrAhead = errors.New("the backup is older than what the book has signed")

// Restore puts a backup into a data folder that has no book, and verifies it there.
// Where the folder remembers a checkpoint of more than the backup has, the error
// wraps ErrAhead, unless anew: then the book goes on under another name, with new
// keys, because what was signed under the old one cannot be continued. The old keys
// and checkpoint stay beside them, with ".before-" and the moment.
func Restore(ctx context.Context, from string, c Config, anew bool, progress func(done, total uint64)) (r proof.Reading, err error) {
	if exists(bookFile(c)) {
		return r, fmt.Errorf("there is a book in %s already, and it is never overwritten: name another folder: %w", c.Data, fs.ErrExist)
	}
	keys, err1 := keysIn(filepath.Join(from, publicFile))
	signed, err2 := os.ReadFile(filepath.Join(from, checkpointFile))
	if err := errors.Join(err1, err2, os.MkdirAll(c.Data, 0o700)); err != nil {
		return r, err
	}
	made := bookFile(c) + ".unfinished"
	if err := os.RemoveAll(made); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(made)) }()
	if err := sqlite.Backup(ctx, filepath.Join(from, "book.db"), made); err != nil {
		return r, err
	}
	if r, err = verifyFile(ctx, made, keys, [][]byte{signed}, progress); err != nil {
		return r, fmt.Errorf("nothing was restored: %w", err)
	}
	lost, err := forgotten(c, keys, r.Size)
	switch {
	case err != nil:
		return r, err
	case lost != nil && !anew:
		return r, fmt.Errorf("%w: it has %d entries, and a checkpoint of %d was signed. Restore a newer one; or, if there is none, say --new-log: the book then goes on under a new name", ErrAhead, r.Size, lost.Size)
	case lost != nil:
		err = renamed(c, lost.Origin)
	case !exists(filepath.Join(c.Data, checkpointFile)):
		err = errors.Join(copyFile(filepath.Join(from, checkpointFile), filepath.Join(c.Data, checkpointFile)), copyFile(filepath.Join(from, publicFile), filepath.Join(c.Data, publicFile)))
	}
	if err == nil { // a log that is left of the book that was there would be played into this one
		err = aside(c, filepath.Base(bookFile(c))+"-wal", filepath.Base(bookFile(c))+"-shm")
	}
	if err != nil {
		return r, err
	}
	return r, errors.Join(os.Rename(made, bookFile(c)), syncFolder(c.Data))
}

// forgotten is what a data folder remembers to have been signed of more entries
// than there are; nil where it remembers nothing of the kind.
func forgotten(c Config, keys proof.Keys, size proof.Size) (*proof.Checkpoint, error) {
	note, err := os.ReadFile(filepath.Join(c.Data, checkpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := keys // and those that have come since the backup
	if since, err := keysIn(filepath.Join(c.Data, publicFile)); err == nil {
		if all, err = proof.NewKeys(append(keys.All(), since.All()...)...); err != nil {
			return nil, err
		}
	}
	signed, err := all.Open(note)
	if err != nil {
		return nil, fmt.Errorf("the checkpoint in %s cannot be verified: %w", c.Data, err)
	}
	if !slices.ContainsFunc(keys.All(), func(k proof.Key) bool { return k.Origin() == signed.Origin }) {
		return nil, fmt.Errorf("the checkpoint in %s is of the book %s, which is not the one in the backup: name another folder", c.Data, signed.Origin)
	}
	if signed.Size <= size {
		return nil, nil
	}
	return &signed.Checkpoint, nil
}

// renamed puts a book's keys and checkpoint aside, and makes keys of another name.
func renamed(c Config, origin string) error {
	if err := aside(c, checkpointFile, keyFile, publicFile); err != nil {
		return err
	}
	_, err := makeKeyring(filepath.Join(c.Data, keyFile), origin+"/"+c.moment())
	return err
}

// aside renames those of some files of the data folder that are there.
func aside(c Config, names ...string) error {
	for _, name := range names {
		old := filepath.Join(c.Data, name)
		if err := os.Rename(old, old+".before-"+c.moment()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// moment is now, as it can stand in a name.
func (c Config) moment() string { return c.clock().Now().UTC().Format("20060102T150405Z") }

// Drill is how a backup was tried.
type Drill struct {
	Backup, Restore, Start time.Duration // what each took
	Entries                proof.Size
	Root                   proof.Hash // of the book that was backed up and of the one restored
	Findings               []proof.Finding
}

// RestoreDrill backs up the book of a data folder, restores it elsewhere, verifies
// it, and runs the book on it until everything is counted. Nothing of this is kept.
func RestoreDrill(ctx context.Context, c Config, progress func(step string, done, total uint64)) (d Drill, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(filepath.Clean(c.Data)), "drill-")
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	backup := filepath.Join(dir, "backup")
	step := func(name string) func(done, total uint64) {
		return func(done, total uint64) { progress(name, done, total) }
	}
	began := c.clock().Now()
	lap := func() (took time.Duration) {
		now := c.clock().Now()
		took, began = now.Sub(began), now
		return took
	}
	made, err := Backup(ctx, c, backup, step("backing up"))
	if err != nil {
		return d, err
	}
	d.Backup = lap()
	elsewhere := c
	elsewhere.Data, elsewhere.BookKey = filepath.Join(dir, "data"), ""
	restored, err := Restore(ctx, backup, elsewhere, false, step("restoring"))
	if err != nil {
		return d, err
	}
	d.Restore = lap()
	if made.Root != restored.Root || made.Size != restored.Size {
		return d, fmt.Errorf("%d entries with the root %s were backed up, and %d with %s were restored", made.Size, made.Root, restored.Size, restored.Root)
	}
	if err := Rebuild(ctx, elsewhere, step("starting")); err != nil {
		return d, fmt.Errorf("the restored book does not start: %w", err)
	}
	d.Start = lap()
	again, err := Verify(ctx, elsewhere.Data, proof.Keys{}, nil, step("verifying"))
	d.Entries, d.Root, d.Findings = again.Size, again.Root, restored.Findings
	if err == nil && again.Root != made.Root {
		err = fmt.Errorf("after its start, the restored book has the root %s, not %s", again.Root, made.Root)
	}
	return d, err
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
