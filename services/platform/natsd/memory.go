package natsd

import (
	"fmt"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// limitMemory makes the collector work harder before the process outgrows its
// container or machine: reading a stream fills caches on the heap that are
// garbage soon after. A limit set by GOMEMLIMIT stands.
func limitMemory(log *slog.Logger) {
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return
	}
	available, err := memory()
	if err != nil {
		log.Warn("no memory limit was set: set GOMEMLIMIT", "error", err)
		return
	}
	debug.SetMemoryLimit(available / 4 * 3)
}

// memory is what this process may use, in bytes: the container's limit, or the
// machine's memory.
func memory() (int64, error) {
	if b, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil {
			return n, nil // it is "max" without a limit
		}
	}
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, err
	}
	var kB int64
	if _, err := fmt.Sscanf(string(b), "MemTotal: %d kB", &kB); err != nil {
		return 0, fmt.Errorf("/proc/meminfo: %w", err)
	}
	return kB << 10, nil
}
