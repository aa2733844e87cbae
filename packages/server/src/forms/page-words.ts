import type { FieldProblem } from "../domain/form-values.ts";

/** What the pages of forms say themselves, in one language. `{limit}` and `{max}` stand for numbers or dates. */
export interface PageWords {
  readonly send: string;
  readonly change: string;
  readonly sending: string;
  readonly choose: string;
  readonly required: string;
  readonly check: string;
  readonly closes: string;
  readonly sentTitle: string;
  readonly sent: string;
  readonly sentBefore: string;
  readonly canChange: string;
  readonly closedTitle: string;
  readonly closed: string;
  readonly unknownTitle: string;
  readonly unknown: string;
  readonly failedTitle: string;
  readonly failed: string;
  readonly rating: string;
  readonly problems: Readonly<Record<ProblemWord, string>>;
}

type ProblemWord = FieldProblem["code"] | "chooseSome";

const en: PageWords = {
  send: "Send",
  change: "Save changes",
  sending: "Sending…",
  choose: "Choose…",
  required: "required",
  check: "Please check the marked answers.",
  closes: "Open until {limit}.",
  sentTitle: "Thank you",
  sent: "Your answers have been sent.",
  sentBefore: "You have sent this form already. Your first answers count.",
  canChange: "You can change them until {limit}.",
  closedTitle: "This form is closed",
  closed: "It can no longer be filled in. You can still write to us in the conversation.",
  unknownTitle: "There is no such form",
  unknown: "Please open the link in your message once more.",
  failedTitle: "That did not work",
  failed: "Nothing was sent. Please go back and try again in a moment.",
  rating: "{limit} of {max}",
  problems: {
    required: "Please answer this.",
    chooseSome: "Please choose at least one.",
    too_short: "Please write at least {limit} characters.",
    too_long: "Please write at most {limit} characters.",
    pattern: "Please write this in the form asked for.",
    email: "Please write an e-mail address such as name@example.com.",
    tel: "Please write a telephone number such as +1 202 555 0123.",
    number: "Please write a number.",
    date: "Please choose a date.",
    time: "Please choose a time such as 09:30.",
    too_small: "Not below {limit}, please.",
    too_large: "Not above {limit}, please.",
    option: "Please choose one of these.",
  },
};

const es: PageWords = {
  send: "Enviar",
  change: "Guardar cambios",
  sending: "Enviando…",
  choose: "Elige…",
  required: "obligatorio",
  check: "Revisa las respuestas marcadas.",
  closes: "Abierto hasta el {limit}.",
  sentTitle: "Gracias",
  sent: "Tus respuestas se han enviado.",
  sentBefore: "Ya habías enviado este formulario. Valen tus primeras respuestas.",
  canChange: "Puedes cambiarlas hasta el {limit}.",
  closedTitle: "Este formulario está cerrado",
  closed: "Ya no se puede rellenar. Puedes escribirnos en la conversación.",
  unknownTitle: "Este formulario no existe",
  unknown: "Abre otra vez el enlace de tu mensaje.",
  failedTitle: "No ha funcionado",
  failed: "No se ha enviado nada. Vuelve atrás e inténtalo de nuevo en un momento.",
  rating: "{limit} de {max}",
  problems: {
    required: "Responde a esta pregunta.",
    chooseSome: "Elige al menos una opción.",
    too_short: "Escribe al menos {limit} caracteres.",
    too_long: "Escribe como máximo {limit} caracteres.",
    pattern: "Escríbelo en el formato indicado.",
    email: "Escribe un correo como nombre@example.com.",
    tel: "Escribe un teléfono como +34 600 000 000.",
    number: "Escribe un número.",
    date: "Elige una fecha.",
    time: "Elige una hora como 09:30.",
    too_small: "No menos de {limit}.",
    too_large: "No más de {limit}.",
    option: "Elige una de estas opciones.",
  },
};

const fr: PageWords = {
  send: "Envoyer",
  change: "Enregistrer",
  sending: "Envoi…",
  choose: "Choisir…",
  required: "obligatoire",
  check: "Merci de vérifier les réponses signalées.",
  closes: "Ouvert jusqu’au {limit}.",
  sentTitle: "Merci",
  sent: "Vos réponses ont été envoyées.",
  sentBefore: "Vous avez déjà envoyé ce formulaire. Vos premières réponses comptent.",
  canChange: "Vous pouvez les modifier jusqu’au {limit}.",
  closedTitle: "Ce formulaire est fermé",
  closed: "Il ne peut plus être rempli. Vous pouvez nous écrire dans la conversation.",
  unknownTitle: "Ce formulaire n’existe pas",
  unknown: "Merci de rouvrir le lien de votre message.",
  failedTitle: "Cela n’a pas fonctionné",
  failed: "Rien n’a été envoyé. Revenez en arrière et réessayez dans un instant.",
  rating: "{limit} sur {max}",
  problems: {
    required: "Merci de répondre.",
    chooseSome: "Choisissez au moins une réponse.",
    too_short: "Écrivez au moins {limit} caractères.",
    too_long: "Écrivez au plus {limit} caractères.",
    pattern: "Merci de respecter le format demandé.",
    email: "Écrivez une adresse comme nom@example.com.",
    tel: "Écrivez un numéro comme +33 1 23 45 67 89.",
    number: "Écrivez un nombre.",
    date: "Choisissez une date.",
    time: "Choisissez une heure comme 09:30.",
    too_small: "Pas moins de {limit}.",
    too_large: "Pas plus de {limit}.",
    option: "Choisissez l’une de ces réponses.",
  },
};

const de: PageWords = {
  send: "Senden",
  change: "Änderungen speichern",
  sending: "Wird gesendet …",
  choose: "Auswählen …",
  required: "erforderlich",
  check: "Bitte prüfen Sie die markierten Antworten.",
  closes: "Offen bis {limit}.",
  sentTitle: "Vielen Dank",
  sent: "Ihre Antworten wurden gesendet.",
  sentBefore: "Sie haben dieses Formular schon gesendet. Ihre ersten Antworten gelten.",
  canChange: "Sie können sie bis {limit} ändern.",
  closedTitle: "Dieses Formular ist geschlossen",
  closed: "Es kann nicht mehr ausgefüllt werden. Sie können uns in der Unterhaltung schreiben.",
  unknownTitle: "Dieses Formular gibt es nicht",
  unknown: "Bitte öffnen Sie den Link in Ihrer Nachricht noch einmal.",
  failedTitle: "Das hat nicht geklappt",
  failed:
    "Es wurde nichts gesendet. Bitte gehen Sie zurück und versuchen Sie es gleich noch einmal.",
  rating: "{limit} von {max}",
  problems: {
    required: "Bitte antworten Sie hier.",
    chooseSome: "Bitte wählen Sie mindestens eine Antwort.",
    too_short: "Bitte schreiben Sie mindestens {limit} Zeichen.",
    too_long: "Bitte schreiben Sie höchstens {limit} Zeichen.",
    pattern: "Bitte schreiben Sie es in der verlangten Form.",
    email: "Bitte schreiben Sie eine E-Mail-Adresse wie name@example.com.",
    tel: "Bitte schreiben Sie eine Telefonnummer wie +49 30 123456.",
    number: "Bitte schreiben Sie eine Zahl.",
    date: "Bitte wählen Sie ein Datum.",
    time: "Bitte wählen Sie eine Uhrzeit wie 09:30.",
    too_small: "Bitte nicht unter {limit}.",
    too_large: "Bitte nicht über {limit}.",
    option: "Bitte wählen Sie eine dieser Antworten.",
  },
};

const pt: PageWords = {
  send: "Enviar",
  change: "Salvar alterações",
  sending: "Enviando…",
  choose: "Escolha…",
  required: "obrigatório",
  check: "Confira as respostas marcadas.",
  closes: "Aberto até {limit}.",
  sentTitle: "Obrigado",
  sent: "Suas respostas foram enviadas.",
  sentBefore: "Você já enviou este formulário. Valem as primeiras respostas.",
  canChange: "Você pode alterá-las até {limit}.",
  closedTitle: "Este formulário está fechado",
  closed: "Ele não pode mais ser preenchido. Você pode escrever para nós na conversa.",
  unknownTitle: "Este formulário não existe",
  unknown: "Abra de novo o link da sua mensagem.",
  failedTitle: "Não funcionou",
  failed: "Nada foi enviado. Volte e tente de novo daqui a pouco.",
  rating: "{limit} de {max}",
  problems: {
    required: "Responda aqui, por favor.",
    chooseSome: "Escolha pelo menos uma opção.",
    too_short: "Escreva pelo menos {limit} caracteres.",
    too_long: "Escreva no máximo {limit} caracteres.",
    pattern: "Escreva no formato pedido.",
    email: "Escreva um e-mail como nome@example.com.",
    tel: "Escreva um telefone como +55 11 91234-5678.",
    number: "Escreva um número.",
    date: "Escolha uma data.",
    time: "Escolha uma hora como 09:30.",
    too_small: "Não menos que {limit}.",
    too_large: "Não mais que {limit}.",
    option: "Escolha uma destas opções.",
  },
};

const ar: PageWords = {
  send: "إرسال",
  change: "حفظ التغييرات",
  sending: "جارٍ الإرسال…",
  choose: "اختر…",
  required: "مطلوب",
  check: "يرجى مراجعة الإجابات المحددة.",
  closes: "متاح حتى {limit}.",
  sentTitle: "شكرًا لك",
  sent: "تم إرسال إجاباتك.",
  sentBefore: "لقد أرسلت هذا النموذج من قبل. إجاباتك الأولى هي المعتمدة.",
  canChange: "يمكنك تعديلها حتى {limit}.",
  closedTitle: "هذا النموذج مغلق",
  closed: "لم يعد من الممكن ملؤه. يمكنك مراسلتنا في المحادثة.",
  unknownTitle: "هذا النموذج غير موجود",
  unknown: "يرجى فتح الرابط في رسالتك مرة أخرى.",
  failedTitle: "لم تنجح العملية",
  failed: "لم يتم إرسال أي شيء. يرجى الرجوع والمحاولة مرة أخرى بعد قليل.",
  rating: "{limit} من {max}",
  problems: {
    required: "يرجى الإجابة هنا.",
    chooseSome: "يرجى اختيار خيار واحد على الأقل.",
    too_short: "يرجى كتابة {limit} حرفًا على الأقل.",
    too_long: "يرجى كتابة {limit} حرفًا كحد أقصى.",
    pattern: "يرجى الكتابة بالصيغة المطلوبة.",
    email: "يرجى كتابة بريد إلكتروني مثل name@example.com.",
    tel: "يرجى كتابة رقم هاتف مثل ‎+971 50 123 4567.",
    number: "يرجى كتابة رقم.",
    date: "يرجى اختيار تاريخ.",
    time: "يرجى اختيار وقت مثل 09:30.",
    too_small: "ليس أقل من {limit}.",
    too_large: "ليس أكثر من {limit}.",
    option: "يرجى اختيار أحد هذه الخيارات.",
  },
};

/** By language tag. English is everybody's where none suits. */
export const pageWords: Readonly<Record<string, PageWords>> = { en, es, fr, de, pt, ar };

/** `text` with its placeholders filled in. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
