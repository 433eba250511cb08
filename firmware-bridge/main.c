#include "core/board.h"
#include "core/bridge.h"

static struct bridge bridge;

int main(void) {
    board_start();
    bridge_start(&bridge);
    for (;;)
        bridge_step(&bridge);
}
