#include "dispatch.h"

#include "reply.h"

static void hello(struct bridge *bridge) {
    struct session *session = &bridge->session;
    struct hello_frame frame;
    hello_frame_read(bridge->reader.payload, &frame);
    bool accepted = frame.version == PROTOCOL_VERSION;
    /* a repeated hello, because its answer was lost, changes nothing */
    if (!accepted || !session->open || frame.nonce != session->nonce) {
        safety_disarm(&bridge->safety, CAUSE_NEW_SESSION);
        safety_forget(&bridge->safety);
        session->open = accepted;
        session->nonce = frame.nonce;
        session->sequence = bridge->reader.sequence;
        session->number++;
        bridge->config = CONFIG_DEFAULT;
        bridge->echo_age_ms = UINT16_MAX;
    }
    bridge->counters.accepted++;
    reply_welcome(bridge, accepted ? WELCOME_RESULT_ACCEPTED : WELCOME_RESULT_WRONG_VERSION, frame.nonce);
}

static bool of_session(struct bridge *bridge, uint16_t number) {
    if (bridge->session.open && number == bridge->session.number)
        return true;
    bridge->counters.session++;
    return false;
}

/* Newer than the last one, by the signed difference of the numbers: a repeated or late frame must not act. */
static bool in_sequence(struct bridge *bridge) {
    uint8_t ahead = (uint8_t)(bridge->reader.sequence - bridge->session.sequence);
    if (ahead == 0 || ahead > INT8_MAX) {
        bridge->counters.sequence++;
        return false;
    }
    bridge->session.sequence = bridge->reader.sequence;
    bridge->counters.accepted++;
    return true;
}

static void arm(struct bridge *bridge) {
    struct arm_frame frame;
    arm_frame_read(bridge->reader.payload, &frame);
    if (!of_session(bridge, frame.session))
        reply_arm(bridge, ARM_RESULT_NO_SESSION);
    else if (in_sequence(bridge))
        reply_arm(bridge, safety_arm(&bridge->safety, &bridge->rc, &bridge->accelerometer, &bridge->config));
}

static void drive(struct bridge *bridge, uint32_t now_us) {
    struct drive_frame frame;
    if (!drive_frame_read(bridge->reader.payload, &frame)) {
        bridge->counters.payload++;
        return;
    }
    if (!of_session(bridge, frame.session) || !in_sequence(bridge))
        return;
    safety_drive(&bridge->safety, frame.throttle, frame.steering, now_us);
    bridge->echo_sequence = bridge->reader.sequence;
    bridge->echo_time = frame.time;
    bridge->echo_age_ms = 0;
    reply_telemetry(bridge, now_us);
}

static enum configure_result configured(struct bridge *bridge, const config_t *config) {
    if (bridge->safety.state != STATE_DISARMED)
        return CONFIGURE_RESULT_NOT_DISARMED;
    if (!config_valid(config))
        return CONFIGURE_RESULT_OUT_OF_LIMITS;
    bridge->config = *config;
    return CONFIGURE_RESULT_APPLIED;
}

static void configure(struct bridge *bridge) {
    config_t frame;
    configure_frame_read(bridge->reader.payload, &frame);
    if (!of_session(bridge, frame.session))
        reply_configure(bridge, CONFIGURE_RESULT_NO_SESSION);
    else if (in_sequence(bridge))
        reply_configure(bridge, configured(bridge, &frame));
}

static void disarm(struct bridge *bridge) {
    safety_disarm(&bridge->safety, CAUSE_DISARM_FRAME);
    bridge->counters.accepted++;
}

static void ping(struct bridge *bridge, uint32_t now_us) {
    struct ping_frame frame;
    ping_frame_read(bridge->reader.payload, &frame);
    bridge->counters.accepted++;
    reply_pong(bridge, frame.time, now_us);
}

void dispatch(struct bridge *bridge, uint32_t now_us) {
    uint8_t type = bridge->reader.type;
    /* an unknown type has a size that no frame can have */
    if (bridge->reader.size != frame_payload_size(type)) {
        bridge->counters.payload++;
        return;
    }
    switch (type) {
    case FRAME_HELLO:
        hello(bridge);
        break;
    case FRAME_ARM:
        arm(bridge);
        break;
    case FRAME_DISARM:
        disarm(bridge);
        break;
    case FRAME_DRIVE:
        drive(bridge, now_us);
        break;
    case FRAME_CONFIGURE:
        configure(bridge);
        break;
    case FRAME_PING:
        ping(bridge, now_us);
        break;
    }
}
