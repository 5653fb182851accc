package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// bar is v as a bar of at most so many blocks, of which most fills all. What is
// below nothing has lighter ones.
func bar(v, most float64, width int) string {
	if most <= 0 {
		return ""
	}
	blocks := int(math.Round(math.Abs(v) / most * float64(width)))
	if v < 0 {
		return strings.Repeat("░", blocks)
	}
	return strings.Repeat("█", blocks)
}

// point is a place in a plot.
type point struct{ x, y float64 }

// plot is points in a frame, with what its axes are, and a line through them if
// there is one.
type plot struct {
	points        []point
	x, y          string
	line          func(x float64) float64
	width, height int // of the frame, in signs
}

// lines draws the plot. Where several points share a place, it says how many.
func (p plot) lines() (all []string) {
	if len(p.points) == 0 {
		return nil
	}
	x0, x1 := span(p.points, func(p point) float64 { return p.x })
	y0, y1 := span(p.points, func(p point) float64 { return p.y })
	at := func(v, from, to float64, signs int) int {
		return int(math.Round((v - from) / (to - from) * float64(signs-1)))
	}
	counts := make([][]int, p.height)
	for i := range counts {
		counts[i] = make([]int, p.width)
	}
	for _, one := range p.points {
		counts[p.height-1-at(one.y, y0, y1, p.height)][at(one.x, x0, x1, p.width)]++
	}
	if p.line != nil {
		for column := range p.width {
			y := p.line(x0 + (x1-x0)*float64(column)/float64(p.width-1))
			if y < y0 || y > y1 {
				continue
			}
			if place := &counts[p.height-1-at(y, y0, y1, p.height)][column]; *place == 0 {
				*place = -1
			}
		}
	}
	top, bottom := short(y1), short(y0)
	margin := max(len(top), len(bottom))
	all = append(all, p.y)
	for i, row := range counts {
		label := ""
		switch i {
		case 0:
			label = top
		case p.height - 1:
			label = bottom
		}
		var line strings.Builder
		fmt.Fprintf(&line, "%*s │", margin, label)
		for _, n := range row {
			line.WriteString(sign(n))
		}
		all = append(all, strings.TrimRight(line.String(), " "))
	}
	left, right := short(x0), short(x1)
	return append(all,
		strings.Repeat(" ", margin)+" └"+strings.Repeat("─", p.width),
		fmt.Sprintf("%*s  %s%*s  %s", margin, "", left, max(1, p.width-len(left)), right, p.x))
}

// span is from the least to the most, a little apart where they are the same.
func span(all []point, of func(point) float64) (least, most float64) {
	least, most = of(slices.MinFunc(all, by(of))), of(slices.MaxFunc(all, by(of)))
	if least == most {
		return least - 0.5, most + 0.5
	}
	return least, most
}

func by(of func(point) float64) func(a, b point) int {
	return func(a, b point) int {
		switch x, y := of(a), of(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
}

// sign is what a place shows with so many points on it; below 0, the line alone.
func sign(n int) string {
	switch {
	case n < 0:
		return "·"
	case n == 0:
		return " "
	case n == 1:
		return "●"
	case n < 10:
		return strconv.Itoa(n)
	}
	return "+"
}

// short is a number as an axis has it.
func short(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
