"""What one would write without us: Python's smtplib over one connection, without a ledger.

usage: rival.py write|send PORT CERTIFICATE|- FOLDER
write: FOLDER holds files; a mail is made around each and sent. send: FOLDER holds whole mails, which are sent as they are.
"""

import email.message
import pathlib
import re
import smtplib
import ssl
import sys


def connect(port, certificate):
    if certificate == "-":
        return smtplib.SMTP("localhost", port)
    return smtplib.SMTP_SSL("localhost", port, context=ssl.create_default_context(cafile=certificate))


def write(server, number, content):
    mail = email.message.EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "scorecards@example.test", f"a{number:06}@example.test", f"2026-10 {number}"
    mail.set_content("您好，本月绩效卡见附件。\n")
    mail.add_alternative("<p>您好，本月绩效卡见附件。</p>", subtype="html")
    mail.add_attachment(content, maintype="application", subtype="pdf", filename="绩效卡.pdf")
    server.send_message(mail)


def send(server, number, content):
    to = re.search(rb"^To: .*<(.*)>", content, re.MULTILINE)[1].decode()
    server.sendmail("scorecards@example.test", to, content)


_, mode, port, certificate, folder = sys.argv
files = sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file())
server = connect(int(port), certificate)
for number, path in enumerate(files):
    {"write": write, "send": send}[mode](server, number, path.read_bytes())
server.quit()
