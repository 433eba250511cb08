/*
 * A plug-in of QEMU (7.2 or newer) that counts what a program executes: all instructions, and those that compute with
 * vectors of two doubles. It declares what it uses of QEMU's interface, whose header Debian does not pack.
 * Build: cc -O2 -shared -fPIC count.c -o count.so; use: qemu-aarch64 -plugin count.so ...
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
char *qemu_plugin_insn_disas(const struct qemu_plugin_insn *instruction);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*made)(uint64_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *block, int add, void *counter, uint64_t value);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*ended)(uint64_t, void *), void *data);
void qemu_plugin_outs(const char *text);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static uint64_t all, vectors, loads;

/* Arithmetic on two doubles: its operands are written v0.2d. */
static bool is_vector(const char *text) {
  return text[0] == 'f' && strstr(text, ".2d") != NULL;
}

static bool is_load_or_store(const char *text) {
  return strncmp(text, "ld", 2) == 0 || strncmp(text, "st", 2) == 0;
}

static void count_block(uint64_t id, struct qemu_plugin_tb *block) {
  (void)id;
  const size_t count = qemu_plugin_tb_n_insns(block);
  uint64_t of_vectors = 0, of_loads = 0;
  for (size_t i = 0; i < count; i++) {
    char *text = qemu_plugin_insn_disas(qemu_plugin_tb_get_insn(block, i));
    if (text && is_vector(text)) of_vectors++;
    if (text && is_load_or_store(text)) of_loads++;
    free(text);
  }
  qemu_plugin_register_vcpu_tb_exec_inline(block, 0, &all, count);
  if (of_vectors) qemu_plugin_register_vcpu_tb_exec_inline(block, 0, &vectors, of_vectors);
  if (of_loads) qemu_plugin_register_vcpu_tb_exec_inline(block, 0, &loads, of_loads);
}

static void report(uint64_t id, void *data) {
  (void)id;
  (void)data;
  char text[128];
  snprintf(text, sizeof text, "\n{\"all\": %llu, \"vectors\": %llu, \"loads\": %llu}\n", (unsigned long long)all,
           (unsigned long long)vectors, (unsigned long long)loads);
  fputs(text, stderr);
}

__attribute__((visibility("default"))) int qemu_plugin_install(uint64_t id, const void *info, int count,
                                                               char **arguments) {
  (void)info;
  (void)count;
  (void)arguments;
  qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
  qemu_plugin_register_atexit_cb(id, report, NULL);
  return 0;
}
