package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cpu is what all threads of a process have run for, its children aside. Source: the kernel's
// Documentation/scheduler/sched-stats.rst; /proc/PID/stat counts in hundredths of a second.
func cpu(pid int) (time.Duration, error) {
	if pid == 0 {
		return 0, nil
	}
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0, err
	}
	var total int64
	for _, thread := range threads {
		content, err := os.ReadFile(thread)
		if os.IsNotExist(err) {
			continue // the thread has ended
		}
		if err != nil {
			return 0, err
		}
		first, _, _ := strings.Cut(string(content), " ")
		ran, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, err
		}
		total += ran
	}
	return time.Duration(total), nil
}
