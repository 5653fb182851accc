package index

import (
	"errors"
	"fmt"
	"iter"
	"os"

	"golang.org/x/mod/sumdb/tlog"
	"zombiezen.com/go/sqlite"

	"github.com/ics-openbook/openbook/api/proof"
)

// Leaves yields the leaf hashes of the first entries that the index at a path has
// counted, as it counted them: by them it can be said which entry of the store is
// another than it was. The index may be in use. It yields fewer where fewer are
// counted; an error ends it.
func Leaves(path string, size proof.Size) iter.Seq2[proof.Hash, error] {
	return func(yield func(proof.Hash, error) bool) {
		if err := leaves(path, size, func(h proof.Hash) bool { return yield(h, nil) }); err != nil {
			yield(proof.Hash{}, err)
		}
	}
}

func leaves(path string, size proof.Size, yield func(proof.Hash) bool) (err error) {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	for n := proof.Size(0); n < size; n++ {
		one, err := read(conn, []int64{tlog.StoredHashIndex(0, int64(n))})
		if errors.Is(err, proof.ErrRange) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the index %s: %w", path, err)
		}
		if !yield(one[0]) {
			return nil
		}
	}
	return nil
}
