"""Every error a user or operator can meet: the class is the API code, the docstring the sentence, `status` for HTTP."""

# ruff: noqa: D205, D209, E501 - a docstring here is the sentence a person reads, as long as it has to be

from collections.abc import Iterable
from typing import Any, ClassVar, Self


class Sentence(str):
    """An Indonesian sentence, filled in, that remembers its msgid and data: i18n says it again in another language."""

    __slots__ = ("data", "msgid")

    msgid: str
    data: dict[str, Any]

    def __new__(cls, msgid: str, /, **data: Any) -> Self:  # noqa: ANN401 - each sentence carries data of its own
        made = super().__new__(cls, msgid.format_map(Shown(data)) if data else msgid)
        made.msgid, made.data = msgid, data
        return made


class Label(Sentence):
    """A name a definition gives in both languages, as a part of a sentence: of a step, a state, a role, a letter."""

    __slots__ = ("en",)

    en: str

    def __new__(cls, text: str, /, en: str) -> Self:
        made = super().__new__(cls, text)
        made.en = en
        return made


def listed(parts: Iterable[str]) -> Sentence:
    """Return the parts with commas between them; those that are sentences are said again in another language."""
    named = {f"part{n}": part for n, part in enumerate(parts)}
    return Sentence(", ".join(f"{{{name}}}" for name in named), **named)


def _(msgid: str, /, **data: Any) -> Sentence:  # noqa: ANN401 - as Sentence
    """Mark a sentence for the catalogue and fill it in: `_("Paling banyak {n} huruf.", n=200)`."""
    return Sentence(msgid, **data)


class CaseflowError(Exception):
    """Permintaan tidak dapat dijalankan."""

    status: ClassVar[int] = 400

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 - each error carries data of its own
        super().__init__(type(self).__name__)
        self.data = data

    @property
    def code(self) -> str:
        """The name API clients test for."""
        return type(self).__name__

    @property
    def template(self) -> str:
        """The Indonesian sentence with its placeholders: the msgid of the catalogue."""
        return " ".join((type(self).__doc__ or "").split())

    def __str__(self) -> str:
        """Return the Indonesian sentence, filled in."""
        return self.template.format_map(Shown(self.data))


class Shown(dict[str, Any]):
    """Formatting data: a placeholder without a value shows a dash instead of failing inside an error."""

    def __missing__(self, key: str) -> str:
        return "-"


# --- who and where -------------------------------------------------------------------------------------------------
class NotAuthenticated(CaseflowError):
    """Anda belum masuk. Masuk dahulu, lalu ulangi."""

    status = 401


class BadCredentials(CaseflowError):
    """Nama pengguna atau kata sandi tidak cocok."""

    status = 401


class WrongCode(CaseflowError):
    """Kode ini tidak cocok, sudah lewat, atau sudah dipakai. Tunggu kode berikutnya di aplikasi, lalu ketik lagi."""

    status = 422


class TooManyAttempts(CaseflowError):
    """Terlalu banyak percobaan. Coba lagi setelah {minutes} menit."""

    status = 429


class NotFound(CaseflowError):
    """Data itu tidak ada, atau berada di luar wewenang Anda."""

    status = 404


class Forbidden(CaseflowError):
    """Peran Anda tidak berwenang untuk tindakan ini: {action}. Yang berwenang: {allowed}."""

    status = 403


class SelfApproval(CaseflowError):
    """Persetujuan harus diberikan orang lain: Anda yang meminta atau menulis bagian yang disetujui."""

    status = 403


# --- what was sent -------------------------------------------------------------------------------------------------
class InvalidInput(CaseflowError):
    """Ada isian yang perlu diperbaiki: {summary}"""

    status = 422

    def __init__(self, problems: dict[str, str]) -> None:
        """Take field -> Indonesian sentence; all problems at once."""
        super().__init__(problems=problems, summary="; ".join(f"{k}: {v}" for k, v in problems.items()))


class BodyTooLarge(CaseflowError):
    """Kiriman terlalu besar: paling banyak {limit_kb} kB."""

    status = 413


class BrokenJson(CaseflowError):
    """Isi kiriman bukan JSON yang benar: periksa sekitar huruf ke-{position}."""


class NotJson(CaseflowError):
    """Kirim isi sebagai JSON, dengan Content-Type: application/json."""

    status = 415


class UnknownHost(CaseflowError):
    """Instalasi ini tidak dibuka lewat alamat "{host}". Pakai {known}, atau minta petugas sistem menambahkan nama itu ke CASEFLOW_ALLOWED_HOSTS."""


class MethodNotAllowed(CaseflowError):
    """Alamat ini tidak menerima {method}. Yang diterima: {allowed}."""

    status = 405


class IdempotencyMismatch(CaseflowError):
    """Kunci idempotensi ini sudah dipakai untuk isi yang berbeda. Pakai kunci baru."""

    status = 409


class InstantRequired(CaseflowError):
    """Waktu harus menyebut zona (misalnya +08:00)."""

    status = 422


# --- the lifecycle -------------------------------------------------------------------------------------------------
class UnknownCategory(CaseflowError):
    """Kategori "{category}" tidak dikenal. Yang ada: {known}."""

    status = 422


class UnknownStep(CaseflowError):
    """Langkah "{step}" tidak dikenal. Langkah yang ada: {known}."""

    status = 422


class UnknownState(CaseflowError):
    """Keadaan "{state}" tidak dikenal dalam siklus kasus."""

    status = 500


class StepOutOfOrder(CaseflowError):
    """Langkah "{label}" tidak dapat diambil dari tahap {state_label}. Yang dapat diambil: {possible_labels}."""

    status = 409


class StepRefused(CaseflowError):
    """Langkah "{label}" belum dapat diambil: {summary}"""

    status = 422

    def __init__(self, *, step: str, label: str, unmet: list[dict[str, str]]) -> None:
        """Take the step, what people call it, and all unmet guards as {"guard", "message"} in Indonesian."""
        super().__init__(step=step, label=label, unmet=unmet, summary="; ".join(u["message"] for u in unmet))


class VersionConflict(CaseflowError):
    """Kasus ini sudah berubah sejak Anda membukanya. Periksa perubahannya, lalu ulangi."""

    status = 409
    record: str | None = None
    """The stage record whose `version` is shown with it: the answer may be typed on that."""


class Busy(CaseflowError):
    """Kasus ini sedang diubah orang lain. Ulangi sebentar lagi."""

    status = 503


class BrokenDefinition(CaseflowError):
    """Berkas kategori bermasalah:
    {findings}"""

    status = 500


class DuplicateCase(CaseflowError):
    """Sudah ada kasus terbuka untuk orang dan kategori ini: {number}."""

    status = 409


class ClosedCaseExists(CaseflowError):
    """Orang ini pernah ditangani dalam kasus {number} yang sudah ditutup. Buka kembali kasus itu, atau nyatakan kasus baru."""

    status = 409


class ReviewVoided(CaseflowError):
    """Data yang dimintakan persetujuan sudah berubah. Minta persetujuan lagi."""

    status = 409


class ReviewClosed(CaseflowError):
    """Permintaan persetujuan ini sudah diputus ({state})."""

    status = 409


class ReviewPending(CaseflowError):
    """Sudah ada permintaan persetujuan yang menunggu untuk langkah "{step}"."""

    status = 409


class OnHold(CaseflowError):
    """Kasus sedang ditunda sampai {until}. Lanjutkan kasus dahulu; yang boleh selama ditunda: henti dan tindakan darurat."""

    status = 409


class CannotMigrate(CaseflowError):
    """Kasus ini tidak dapat pindah ke versi itu: {reasons}"""

    status = 409


class CannotChangeCategory(CaseflowError):
    """Kategori kasus ini belum dapat diubah: {reasons}"""

    status = 409


class Refused(CaseflowError):
    """{reason}"""

    status = 422


# --- letters -------------------------------------------------------------------------------------------------------
class UnknownLetter(CaseflowError):
    """Surat "{letter}" tidak dikenal. Yang ada: {known}."""

    status = 422


class LetterFailed(CaseflowError):
    """Surat "{letter}" gagal dibuat: {reason}. Perbaiki templatnya, lalu jalankan ulang tugasnya."""

    status = 422


class LoopbackAddress(CaseflowError):
    """Surat tidak diterbitkan: PUBLIC_URL masih alamat mesin ini sendiri, sehingga kode periksa tidak dapat dibuka penerima. Atur CASEFLOW_PUBLIC_URL."""

    status = 409


class BrokenLetters(CaseflowError):
    """Berkas surat bermasalah:
    {findings}"""

    status = 500


# --- operations ----------------------------------------------------------------------------------------------------
class ClockBehind(CaseflowError):
    """Jam mesin ({now}) berada sebelum catatan terakhir ({newest}). Perbaiki jam mesin; tidak ada yang ditulis."""

    status = 503


class BadSettings(CaseflowError):
    """Pengaturan tidak dapat dipakai: {summary}. Perbaiki variabel lingkungan itu, lalu jalankan lagi."""

    status = 500


class BadKeyFile(CaseflowError):
    """Berkas kunci {path} tidak dapat dipakai: {reason} Pulihkan salinannya (caseflow keys import); tanpa kunci itu data pribadi tidak terbaca."""

    status = 500


class BadCertificate(CaseflowError):
    """Sertifikat itu tidak dapat dipakai: {reason}"""

    status = 422


class ServiceUnavailable(CaseflowError):
    """Layanan {service} tidak dapat dihubungi: {hint}"""

    status = 503


class DamagedDatabase(CaseflowError):
    """Berkas basis data {path} rusak. Hentikan caseflow, lalu pulihkan cadangannya: caseflow restore DIR --replace."""

    status = 503


class DatabaseNotCurrent(CaseflowError):
    """Skema basis data ({found}) bukan skema versi ini ({wanted}). {advice}"""

    status = 503


class Unexpected(CaseflowError):
    """Terjadi kesalahan pada sistem. Sebutkan nomor {request} kepada petugas sistem."""

    status = 500


class AuditBroken(CaseflowError):
    """Log audit tidak utuh: {what}"""

    status = 500


class BadBackup(CaseflowError):
    """Cadangan {name} tidak dapat dipakai: {reason}."""

    status = 422


class BadCheckpoint(CaseflowError):
    """Titik periksa log tidak dapat dipakai: {reason}. Pakai berkas yang dahulu diterima, tanpa diubah."""

    status = 422


class NotAnExport(CaseflowError):
    """Berkas ini bukan ekspor log: baris pertamanya bukan kepala ekspor."""

    status = 422


class NotCanonical(CaseflowError):
    """Nilai di "{where}" tidak dapat dicatat dalam log audit: hanya teks, bilangan bulat, ya/tidak dan kosong, dengan nama ASCII."""

    status = 500


class Erased(CaseflowError):
    """Data pribadi ini sudah dihapus sesuai permintaan; catatan langkahnya tetap ada."""

    status = 410


class UnreadableSeal(CaseflowError):
    """Data tersegel tidak dapat dibuka: kunci salah atau isi berubah ({where})."""

    status = 500


class MessageNotSent(CaseflowError):
    """Pesan lewat {channel} tidak terkirim: {reason}"""

    status = 503
