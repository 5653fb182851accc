package proof_test

import (
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
)

// The issue asks: a book of 1,000,000 entries verified in 15 s on two cores,
// 50,000 entries a second integrated, one entry proved with p99 below 20 ms.
//
//	go test ./api/proof -run '^$' -bench . -benchtime 1x

const million = 1_000_000

// many are n entries with about 400 bytes of data each.
func many(n int) iter.Seq2[events.Recorded, error] {
	padding := `,"note":"` + strings.Repeat("x", 360) + `"}`
	return func(yield func(events.Recorded, error) bool) {
		r := whole()
		id := []byte("00000000-0000-5000-8000-000000000000")
		for i := range n {
			for at, left := len(id)-1, i+1; left > 0; at, left = at-1, left/10 {
				id[at] = '0' + byte(left%10)
			}
			r.ID, r.Revision, r.Ordinal = events.ID(id), events.Revision(i), events.Ordinal(i+1)
			r.Time = r.Time.Add(time.Millisecond)
			r.Data = append(strconv.AppendInt(append(r.Data[:0], `{"amount":`...), int64(i), 10), padding...)
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Making entries is no part of what is measured: BenchmarkEntries is what to
// take off the others.
func BenchmarkEntries(b *testing.B) {
	for b.Loop() {
		bytes := 0
		for r := range many(million) {
			bytes += len(r.Data)
		}
		b.ReportMetric(float64(bytes)/million, "data-B/entry")
	}
	perSecond(b)
}

// From entries to a tree, in the batches of one second at full speed.
func BenchmarkIntegrate(b *testing.B) {
	for b.Loop() {
		integrate(b, million)
	}
	perSecond(b)
}

func integrate(b *testing.B, n int) (*proof.Tree, *proof.Memory) {
	m := &proof.Memory{}
	tree, err := proof.OpenTree(m)
	if err != nil {
		b.Fatal(err)
	}
	batch := make([]proof.Hash, 0, 50_000)
	for leaf, err := range proof.Leaves(many(n)) {
		if err != nil {
			b.Fatal(err)
		}
		if batch = append(batch, proof.HashLeaf(leaf)); len(batch) == cap(batch) {
			if err := tree.Append(batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	if err := tree.Append(batch); err != nil {
		b.Fatal(err)
	}
	return tree, m
}

func BenchmarkVerify(b *testing.B) {
	tree, m := integrate(b, million)
	c := proof.Checkpoint{Origin: origin, Size: tree.Size(), Root: tree.Root()}
	tiles := func() iter.Seq2[proof.Hash, error] {
		return proof.TileLeaves(c.Size, func(t proof.Tile) ([]byte, error) { return t.Bytes(m, c.Size) })
	}
	for name, kept := range map[string]func() []proof.Kept{
		"checkpoint": func() []proof.Kept { return []proof.Kept{{Checkpoint: c}} },
		"tiles":      func() []proof.Kept { return []proof.Kept{{Checkpoint: c, Leaves: tiles()}} },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if r, err := proof.VerifyEntries(proof.Leaves(many(million)), kept()...); err != nil || r.Size != million {
					b.Fatal(r, err)
				}
			}
			perSecond(b)
		})
	}
}

func BenchmarkProve(b *testing.B) {
	tree, m := integrate(b, million)
	c := proof.Checkpoint{Origin: origin, Size: tree.Size(), Root: tree.Root()}
	random := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		o := events.Ordinal(1 + random.IntN(million))
		path, err := proof.ProveInclusion(m, c.Size, o)
		if err != nil {
			b.Fatal(err)
		}
		leaf, err := proof.Tile{Level: 0, Index: int64(o-1) / 256, Width: 64}.Bytes(m, c.Size)
		if at := int(o-1) % 256; at < 64 && err == nil {
			err = proof.VerifyInclusion(proof.Hash(leaf[at*32:][:32]), o, path, c)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func perSecond(b *testing.B) {
	b.ReportMetric(million*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
