import { useEffect, useRef } from "react";
import { Sheet } from "./sheet.tsx";

interface CameraSheetProps {
  readonly onClose: () => void;
  readonly onPhoto: (photo: File) => void;
}

/** A camera that looks at a drawn scene: a photo to send, on any computer, without a camera. */
export function CameraSheet({ onClose, onPhoto }: CameraSheetProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context) drawScene(context);
  }, []);
  const shoot = () => {
    canvas.current?.toBlob(
      (photo) => {
        if (photo !== null) onPhoto(new File([photo], "photo.jpg", { type: "image/jpeg" }));
      },
      "image/jpeg",
      0.85,
    );
  };
  return (
    <Sheet title="Camera" isTitleHidden height="full" onClose={onClose}>
      <div className="camera-view">
        <canvas ref={canvas} width={720} height={960} role="img" aria-label="A sunset by the sea" />
        <button type="button" className="shutter" aria-label="Take the photo" onClick={shoot} />
      </div>
    </Sheet>
  );
}

function drawScene(context: CanvasRenderingContext2D): void {
  const sky = context.createLinearGradient(0, 0, 0, 620);
  sky.addColorStop(0, "#37507f");
  sky.addColorStop(0.6, "#e2957b");
  sky.addColorStop(1, "#ffd9a0");
  context.fillStyle = sky;
  context.fillRect(0, 0, 720, 620);
  context.fillStyle = "#fff3d6";
  context.beginPath();
  context.arc(430, 520, 74, 0, 2 * Math.PI);
  context.fill();
  const sea = context.createLinearGradient(0, 600, 0, 960);
  sea.addColorStop(0, "#c98b7d");
  sea.addColorStop(1, "#27405f");
  context.fillStyle = sea;
  context.fillRect(0, 600, 720, 360);
  context.fillStyle = "rgb(255 243 214 / 0.55)";
  for (let row = 0; row < 9; row += 1) {
    context.fillRect(430 - 70 + row * 5, 618 + row * 26, 140 - row * 10, 5);
  }
  context.fillStyle = "#22304a";
  context.beginPath();
  context.moveTo(0, 600);
  context.quadraticCurveTo(150, 520, 320, 600);
  context.fill();
}
