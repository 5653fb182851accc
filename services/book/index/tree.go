package index

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
	"zombiezen.com/go/sqlite"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
)

// hashes keeps the tree's hashes in the index's file, so that a fact is counted
// and hashed in one transaction: the tree has always as many entries as there
// are facts counted.
type hashes struct{ x *Index }

var _ proof.Hashes = hashes{}

// Hashes are those of the tree over the leaf hashes of all facts counted, for
// proofs and tiles: see [proof.Hashes] for their order. The tree of each size up
// to the mark's ordinal can be read.
func (x *Index) Hashes() proof.HashReader { return hashes{x} }

// Count implements [proof.Hashes].
func (h hashes) Count() (n int64, err error) {
	stmt, err := h.x.conn.Prepare("SELECT ifnull(max(place) + 1, 0) FROM node")
	if err != nil {
		return 0, err
	}
	err = each(stmt, func() { n = stmt.ColumnInt64(0) })
	return n, err
}

// ReadHashes implements [proof.Hashes]. It waits for a reader's connection, but
// not for the one that counts.
func (h hashes) ReadHashes(indexes []int64) (all []proof.Hash, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err = h.x.reading(ctx, func(conn *sqlite.Conn) error {
		all, err = read(conn, indexes)
		return err
	})
	return all, err
}

func read(conn *sqlite.Conn, indexes []int64) ([]proof.Hash, error) {
	stmt, err := conn.Prepare("SELECT hash FROM node WHERE place = ?")
	if err != nil {
		return nil, err
	}
	all := make([]proof.Hash, len(indexes))
	for i, place := range indexes {
		stmt.BindInt64(1, place)
		n := 0
		if err := each(stmt, func() { n = stmt.ColumnBytes(0, all[i][:]) }); err != nil {
			return nil, err
		}
		if n != tlog.HashSize {
			return nil, fmt.Errorf("%w: the tree has no hash %d", proof.ErrRange, place)
		}
	}
	return all, nil
}

// AppendHashes implements [proof.Hashes], within the transaction that counts.
func (h hashes) AppendHashes(from int64, all []proof.Hash) error {
	stmt, err := h.x.conn.Prepare("INSERT INTO node (place, hash) VALUES (?, ?)")
	if err != nil {
		return err
	}
	for i := range all {
		stmt.BindInt64(1, from+int64(i))
		stmt.BindBytes(2, all[i][:])
		if err := run(stmt); err != nil {
			return err
		}
	}
	return nil
}

// plant opens the tree in the file, which must have an entry for each fact
// counted.
func (x *Index) plant() (err error) {
	stored := hashes{x}
	count, err := stored.Count()
	if err != nil {
		return unfit(err)
	}
	if n := x.mark.Ordinal; tlog.StoredHashCount(int64(n)) != count {
		return fmt.Errorf("%w: %d facts are counted, and the tree has %d hashes", errUnfit, n, count)
	}
	x.tree, err = proof.OpenTree(edgeOf{stored})
	return err
}

// edgeOf reads on the connection that counts: the pool is opened after the tree.
type edgeOf struct{ hashes }

func (e edgeOf) ReadHashes(indexes []int64) ([]proof.Hash, error) {
	return read(e.x.conn, indexes)
}

// hash works out the leaf hashes of facts.
func (x *Index) hash(facts []events.Recorded) error {
	x.leaves = x.leaves[:0]
	for i := range facts {
		leaf, err := proof.AppendLeaf(x.leaf[:0], &facts[i])
		if err != nil {
			return err
		}
		x.leaf = leaf
		x.leaves = append(x.leaves, proof.HashLeaf(leaf))
	}
	return nil
}
