import { useRef } from "react";

interface StillPictureProps {
  readonly url: string;
  readonly name: string;
  readonly onError: () => void;
}

/** An animated picture as iOS shows it in messages of agents: its first frame. */
export function StillPicture({ url, name, onError }: StillPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const onLoad = (picture: HTMLImageElement) => {
    const target = canvas.current;
    if (target === null) return;
    target.width = picture.naturalWidth;
    target.height = picture.naturalHeight;
    // Drawing takes the first frame, whichever one the picture is at. Source: HTML standard, "Canvas: drawing images".
    target.getContext("2d")?.drawImage(picture, 0, 0);
  };
  return (
    <>
      <canvas ref={canvas} role="img" aria-label={name} data-testid="still" />
      <img
        className="still-source"
        src={url}
        alt=""
        referrerPolicy="no-referrer"
        onLoad={(event) => onLoad(event.currentTarget)}
        onError={onError}
      />
    </>
  );
}
