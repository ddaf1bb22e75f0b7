/* Starts the program `cogrep` of a wheel for Linux.
 *
 * What the program does is a function of the extension that Python loads, so that the wheel
 * has that code once. This loads the extension without Python: what it wants of Python has
 * another definition here (`python_names.h`), which is there to be found and is never used.
 *
 * The extension is looked for where installers put it, seen from here; where a folder has
 * several versions of Python, by the version of cogrep. `python -m cogrep` says where it is
 * in COGREP_EXTENSION.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "python_names.h"

typedef const char *version_function(void);
typedef int main_function(int, const char *const *);

/* Why the last extension that was found could not be loaded. */
static char reason[1024];

/* Seen from the folder of this program. */
static const char *const places[] = {
  "../lib*/python3*/site-packages/cogrep/_cogrep*.so",
  "../lib*/python3*/dist-packages/cogrep/_cogrep*.so",
  "../local/lib/python3*/dist-packages/cogrep/_cogrep*.so",
  /* pip install --target */
  "../cogrep/_cogrep*.so",
};

static void *load(const char *path) {
  void *extension = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!extension) {
    snprintf(reason, sizeof reason, "%s", dlerror());
    return NULL;
  }
  version_function *version = (version_function *)dlsym(extension, "cogrep_version");
  if (version && strcmp(version(), VERSION) == 0)
    return extension;
  dlclose(extension);
  return NULL;
}

/* Writes a path that stands for itself in a pattern, and returns where it ends. */
static char *write_literally(char *pattern, const char *path) {
  for (; *path; path++) {
    if (strchr("*?[\\", *path))
      *pattern++ = '\\';
    *pattern++ = *path;
  }
  return pattern;
}

static void *find(const char *folder) {
  void *extension = NULL;
  for (size_t place = 0; !extension && place < sizeof places / sizeof *places; place++) {
    char pattern[2 * PATH_MAX + 64];
    glob_t found;
    sprintf(write_literally(pattern, folder), "/%s", places[place]);
    if (glob(pattern, 0, NULL, &found) != 0)
      continue;
    for (size_t path = 0; !extension && path < found.gl_pathc; path++)
      extension = load(found.gl_pathv[path]);
    globfree(&found);
  }
  return extension;
}

/* As the standard library of Rust does it before `main`: a file that is opened later is not
 * taken for standard output, and a reader that goes away is an error of `write`. */
static void prepare(void) {
  for (int descriptor = 0; descriptor < 3; descriptor++)
    if (fcntl(descriptor, F_GETFD) == -1)
      open("/dev/null", O_RDWR);
  signal(SIGPIPE, SIG_IGN);
}

int main(int count, const char *const *arguments) {
  char path[PATH_MAX] = "";
  const char *named = getenv("COGREP_EXTENSION");
  void *extension = named ? load(named) : NULL;
  if (!extension && realpath("/proc/self/exe", path))
    extension = find(dirname(path));
  main_function *run = extension ? (main_function *)dlsym(extension, "cogrep_main") : NULL;
  if (!run) {
    fprintf(stderr,
            "cogrep: the Python package of version " VERSION " is not beside this program\n");
    if (*reason)
      fprintf(stderr, "cogrep: %s\n", reason);
    fprintf(stderr,
            "cogrep: hint: python3 -m cogrep runs it wherever the package can be imported; "
            "pip install --force-reinstall cogrep mends it\n");
    return 2;
  }
  /* Standard output that is closed is looked for while the extension is loaded. */
  prepare();
  return run(count, arguments);
}
