package platform_test

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// attach has a process end with this one, even where this one is killed.
func attach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// mount puts an empty disk of a size into dir, which only root may.
func mount(dir, size string) error {
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size)
}

func unmount(dir string) error { return syscall.Unmount(dir, syscall.MNT_DETACH) }

// leave fills a disk by a file, but for so many bytes.
func leave(t testing.TB, disk, file string, free int64) {
	t.Helper()
	var of syscall.Statfs_t
	if err := syscall.Statfs(disk, &of); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size := int64(of.Bavail)*of.Bsize - free
	if _, err := f.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
}
