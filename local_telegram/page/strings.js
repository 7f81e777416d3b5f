// Every word of the page's own, in the two languages; the selected person's language_code decides.

const korean = {
  language: "ko",
  appTitle: "냉장고 봇 놀이터",
  about: "이 컴퓨터 안에서만 작동하는 텔레그램이에요. 봇과 데이터베이스는 진짜예요.",
  peopleTitle: "누구로 대화할까요?",
  admin: "관리자",
  telegramLanguage: (name) => `${name}님의 텔레그램 언어`,
  chats: "대화",
  back: "대화 목록으로",
  who: (name) => `${name}님으로 대화 중이에요. 사람이나 언어를 바꿔요`,
  close: "닫기",
  ok: "확인",
  connecting: "연결 중…",
  typing: "입력 중…",
  bot: "봇",
  members: (count) => `멤버 ${count}명`,
  botAbsent: "봇이 나갔어요",
  botBlocked: "봇을 차단했어요",
  log: "메시지",
  emptyChat: "아직 메시지가 없어요",
  emptyTitle: "이 봇은 뭘 할 수 있나요?",
  emptyText: "냉장고에 뭐가 있는지 기억해 드려요. 아래 시작 버튼을 누르거나, 하나를 골라 바로 해 보세요.",
  emptyHint: "‘/’를 입력하면 모든 명령어를 볼 수 있어요.",
  examples: ["/add 우유, 계란, 두부", "/fridge", "/help"],
  start: "시작",
  menu: "메뉴",
  menuLabel: "명령어 메뉴",
  message: "메시지",
  composerLabel: (title) => `${title}에 보낼 메시지`,
  send: "보내기",
  reply: "답장",
  edit: "수정",
  replyTo: (name) => `${name}님에게 답장`,
  replyToBot: (name) => `${name}에 답장`,
  editing: "메시지 수정",
  edited: "수정됨",
  forwarded: (name) => `전달된 메시지 · ${name}`,
  photo: "사진",
  sticker: "스티커",
  file: "파일",
  unsupported: "지원하지 않는 메시지예요",
  spoiler: "가려진 글, 눌러서 보기",
  jump: "맨 아래로",
  unread: (count) => `읽지 않은 메시지 ${count}개`,
  notSent: "보내지 못했어요",
  retry: "다시 보내기",
  discard: "지우기",
  failed: "요청을 처리하지 못했어요. 잠시 후 다시 해 보세요.",
  copied: "복사했어요",
  buttonUnsupported: "이 버튼은 여기서 쓸 수 없어요",
  joined: (names) => `${names}님이 들어왔어요`,
  left: (name) => `${name}님이 나갔어요`,
  created: (name) => `${name}님이 그룹을 만들었어요`,
  titled: (title) => `그룹 이름이 ‘${title}’(으)로 바뀌었어요`,
  migrated: "그룹이 슈퍼그룹으로 바뀌었어요",
  pinned: (name) => `${name}님이 메시지를 고정했어요`,
  today: "오늘",
  yesterday: "어제",
};

const english = {
  language: "en",
  appTitle: "Fridge bot playground",
  about: "A Telegram that lives on this computer alone. The bot and its database are real.",
  peopleTitle: "Who are you?",
  admin: "Admin",
  telegramLanguage: (name) => `${name}’s Telegram language`,
  chats: "Chats",
  back: "Back to the chats",
  who: (name) => `You are ${name}. Change person or language`,
  close: "Close",
  ok: "OK",
  connecting: "Connecting…",
  typing: "typing…",
  bot: "bot",
  members: (count) => `${count} members`,
  botAbsent: "the bot has left",
  botBlocked: "you blocked the bot",
  log: "Messages",
  emptyChat: "No messages yet",
  emptyTitle: "What can this bot do?",
  emptyText: "It remembers what is in your fridge. Press Start below, or pick one of these to try it right away.",
  emptyHint: "Type / to see every command.",
  examples: ["/add milk, eggs, tofu", "/fridge", "/help"],
  start: "Start",
  menu: "Menu",
  menuLabel: "Command menu",
  message: "Message",
  composerLabel: (title) => `Message to ${title}`,
  send: "Send",
  reply: "Reply",
  edit: "Edit",
  replyTo: (name) => `Reply to ${name}`,
  replyToBot: (name) => `Reply to ${name}`,
  editing: "Edit message",
  edited: "edited",
  forwarded: (name) => `Forwarded from ${name}`,
  photo: "Photo",
  sticker: "Sticker",
  file: "File",
  unsupported: "This message can’t be shown here",
  spoiler: "Hidden text, press to show it",
  jump: "To the newest message",
  unread: (count) => (count === 1 ? "1 unread message" : `${count} unread messages`),
  notSent: "Not sent",
  retry: "Send again",
  discard: "Discard",
  failed: "That didn’t work. Please try again in a moment.",
  copied: "Copied",
  buttonUnsupported: "This button doesn’t work here",
  joined: (names) => `${names} joined the group`,
  left: (name) => `${name} left the group`,
  created: (name) => `${name} created the group`,
  titled: (title) => `The group is now called “${title}”`,
  migrated: "The group became a supergroup",
  pinned: (name) => `${name} pinned a message`,
  today: "Today",
  yesterday: "Yesterday",
};

/** Returns the page's words for a Telegram language_code: Korean for ko…, otherwise English. */
export function stringsFor(languageCode) {
  return /^ko\b/i.test(languageCode || "") ? korean : english;
}

/** Returns a message's time of day, its unix seconds as its reader's clock shows them. */
export function clockTime(seconds, language) {
  return new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" }).format(seconds * 1000);
}

/** Returns "Today", "Yesterday" or the date, for the line between two days. */
export function dayName(seconds, strings) {
  const date = new Date(seconds * 1000);
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return strings.today;
  if (date.toDateString() === yesterday.toDateString()) return strings.yesterday;
  const year = date.getFullYear() === today.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(strings.language, { year, month: "long", day: "numeric" }).format(date);
}
