package main

import (
	"fmt"
	"path"
	"strings"
)

const module = "github.com/ics-openbook/openbook/"

// pkg is a package as the go command lists it.
type pkg struct {
	ImportPath string
	Imports    []string
}

// check says what is wrong with p's imports, one sentence each.
func check(rooms []room, p pkg) (reasons []string) {
	name := strings.TrimPrefix(p.ImportPath, module)
	for _, r := range rooms {
		if !matches(r.folder, name) {
			continue
		}
		for _, imported := range p.Imports {
			if !r.allows(name, imported) {
				reasons = append(reasons, fmt.Sprintf("%s may not import %s: it is in the room %s",
					name, strings.TrimPrefix(imported, module), r.folder))
			}
		}
		return reasons
	}
	return []string{name + " is in no room: give its folder a row, or it another folder"}
}

// allows reports whether the package called name, in r, may import imported.
func (r room) allows(name, imported string) bool {
	inside, ours := strings.CutPrefix(imported, module)
	list := r.outside
	if ours {
		list = r.module
	}
	for _, pattern := range list {
		if matches(strings.ReplaceAll(pattern, "{d}", domain(name)), inside) {
			return true
		}
	}
	return false
}

// domain is the second element of a package's folder: network in
// services/network/view, ask in api/ask.
func domain(name string) string {
	elements := strings.Split(name, "/")
	if len(elements) < 2 {
		return ""
	}
	return elements[1]
}

// matches reports whether name fits pattern, in which * is one element or part
// of one, and /** at the end is the folder and all below it.
func matches(pattern, name string) bool {
	if pattern == anything {
		return true
	}
	if folder, deep := strings.CutSuffix(pattern, "/**"); deep {
		pattern = folder
		name = strings.Join(firstN(strings.Split(name, "/"), strings.Count(folder, "/")+1), "/")
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

func firstN(elements []string, n int) []string { return elements[:min(n, len(elements))] }
